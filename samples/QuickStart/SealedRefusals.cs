using Oml.Sdk;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace QuickStart;

/// <summary>Tries to open a sealed model without the right, and shows that it stays closed, and why.</summary>
internal sealed class SealedRefusals(
    Screen screen, Publisher publisher, LicenseeKey licensee, string path, Func<string, LicenseeKey, PermissionIssuer, ValueTask<OmlModel>> build)
{
    /// <returns>False if anything was let through or refused for another reason than it should be.</returns>
    public async Task<bool> ShowAsync()
    {
        using LicenseeKey thief = LicenseeKey.Create();
        bool all = await RefusedAsync("copies, without the licensee's key", "ContentKey", path, thief);

        string tampered = path + ".tampered";
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(tampered, bytes);
        all &= await RefusedAsync("a sealed file with a flipped bit", nameof(SealedModelFailure.Tampered), tampered, licensee);
        File.Delete(tampered);

        using PermissionIssuer stranger = PermissionIssuer.Create();
        return all & await RefusedAsync(
            "a stranger's sealed file", nameof(SealedModelFailure.UnknownPublisher), path, licensee, stranger);
    }

    private async Task<bool> RefusedAsync(string what, string expected, string file, LicenseeKey key, PermissionIssuer? trusted = null)
    {
        try
        {
            await using OmlModel model = await build(file, key, trusted ?? publisher.Issuer);
            await using OmlSession session = await model.AuthorizeAsync(publisher.Permit());
            screen.Bad($"{what} was let through.");
            return false;
        }
        catch (SealedModelException error)
        {
            screen.Refused(what, error.Failure.ToString(), error.Message);
            return error.Failure.ToString() == expected;
        }
        catch (ContentKeyException error)
        {
            screen.Refused(what, "ContentKey", error.Message);
            return expected == "ContentKey";
        }
    }
}
