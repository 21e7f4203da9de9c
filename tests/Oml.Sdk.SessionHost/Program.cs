// A process of its own that authorizes and infers over a SQLite ledger, and is there to be killed.
using Oml.Sdk;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.SessionHost;
using Oml.Sdk.Sqlite;

if (args is not [string path, string issuer, string token, string stopAt])
{
    Console.Error.WriteLine("Usage: SessionHost LEDGER PUBLIC-KEY.PEM TOKEN-FILE WORD-TO-STOP-AT");
    return 2;
}

Announcer announcer = new(stopAt);
await using OmlModel model = await OmlModel.CreateBuilder()
    .UseOnnx("a model"u8.ToArray())
    .UseBackend((_, _, _) => new(new AnnouncingBackend(announcer)))
    .TrustIssuer(IssuerPublicKey.ImportFromPem(await File.ReadAllTextAsync(issuer)))
    .UseLedger((time, _, _) => new(new AnnouncingLedger(SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path }, time), announcer)))
    .BuildAsync();
InferenceInputs inputs = new InferenceInputs().Add("x", new float[1], 1);
try
{
    await using OmlSession session = await model.AuthorizeAsync(await File.ReadAllBytesAsync(token));
    announcer.Say("open");
    while (true)
    {
        (await session.InferAsync(inputs)).Dispose();
    }
}
catch (PermissionDeniedException denied)
{
    announcer.Say($"refused {denied.Reason}");
    return 0;
}
