using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

public sealed class SqliteLedgerClockTests : LedgerClockContract
{
    private readonly LedgerFolder _folder = new();

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    protected override Task UseLedgerAsync(OmlModelBuilder builder)
    {
        builder.UseSqliteLedger(_folder.Path);
        return Task.CompletedTask;
    }
}
