using Oml.Sdk;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace QuickStart;

/// <summary>Tries every kind of misuse on a model and shows that each is refused, and why.</summary>
internal sealed class Refusals(Screen screen, OmlModel model, Publisher publisher, InferenceInputs inputs)
{
    /// <returns>False if anything was let through or refused for another reason than it should be.</returns>
    public async Task<bool> ShowAsync()
    {
        bool all = await RefusedAsync("an expired permission", DenialReason.Expired, Expired());
        all &= await RefusedAsync("a permission for another model", DenialReason.WrongModel, ForAnotherModel());
        all &= await RefusedAsync("a forged permission", DenialReason.BadSignature, Forged());

        byte[] once = publisher.Permit(quota: 1);
        (await model.InferAsync(inputs, once)).Dispose();
        all &= await RefusedAsync("a replayed permission", DenialReason.Replayed, once);

        byte[] three = publisher.Permit(quota: 3, use: PermissionUse.Resumable);
        for (int i = 0; i < 3; i++)
        {
            (await model.InferAsync(inputs, three)).Dispose();
        }

        return all & await RefusedAsync("a fourth call on a quota of three", DenialReason.QuotaExhausted, three);
    }

    private async Task<bool> RefusedAsync(string what, DenialReason expected, byte[] permission)
    {
        try
        {
            (await model.InferAsync(inputs, permission)).Dispose();
            screen.Bad($"{what} was let through.");
            return false;
        }
        catch (PermissionDeniedException error)
        {
            screen.Refused(what, error.Reason.ToString(), error.Message);
            return error.Reason == expected;
        }
    }

    private byte[] Expired()
    {
        // The publisher's key, an hour ago.
        using PermissionIssuer earlier = PermissionIssuer.ImportFromPem(
            publisher.Issuer.ExportUnencryptedPkcs8PrivateKeyPem(), publisher.Issuer.Name, new ShiftedClock(TimeSpan.FromHours(-1)));
        return earlier.Issue(publisher.Request());
    }

    private byte[] ForAnotherModel() => publisher.Issuer.Issue(new PermissionRequest
    {
        Licensee = "you@example.com",
        Model = ModelId.Compute("another model"u8),
        Lifetime = TimeSpan.FromMinutes(10),
    });

    private byte[] Forged()
    {
        byte[] permission = publisher.Permit(quota: 1);
        permission[^1] ^= 1;
        return permission;
    }
}
