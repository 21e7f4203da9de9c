namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>Where the parts of a log are (docs/spec/receipt.md §4).</summary>
internal sealed record LogFolder(string Path)
{
    public string Lock => System.IO.Path.Combine(Path, "lock");

    public string Tiles => System.IO.Path.Combine(Path, "tile");

    public string Entries => System.IO.Path.Combine(Path, "tile", "entries");

    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");
}
