using Oml.Sdk.Metering;
using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Sqlite.Tests;

public sealed class SqliteLedgerContractTests : UsageLedgerContract, IAsyncDisposable
{
    private readonly LedgerFolder _folder = new();
    private readonly List<SqliteUsageLedger> _ledgers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (SqliteUsageLedger ledger in _ledgers)
        {
            await ledger.DisposeAsync();
        }

        _folder.Dispose();
    }

    protected override IUsageLedger CreateLedger() => CreateLedger(TimeProvider.System);

    protected override IUsageLedger CreateLedger(TimeProvider timeProvider)
    {
        _ledgers.Add(_folder.Open(timeProvider));
        return _ledgers[^1];
    }

    protected override async ValueTask<IUsageLedger> ReopenAsync(IUsageLedger ledger)
    {
        await ((SqliteUsageLedger)ledger).DisposeAsync();
        _ledgers.Remove((SqliteUsageLedger)ledger);
        return CreateLedger();
    }
}
