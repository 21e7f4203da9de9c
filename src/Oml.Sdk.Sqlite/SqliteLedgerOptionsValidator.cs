using Microsoft.Extensions.Options;

namespace Oml.Sdk.Sqlite;

/// <summary>The one validator of <see cref="SqliteLedgerOptions"/>, at host start and when a ledger is opened.</summary>
[OptionsValidator]
internal sealed partial class SqliteLedgerOptionsValidator : IValidateOptions<SqliteLedgerOptions>
{
    /// <exception cref="OptionsValidationException">An option is missing or out of range.</exception>
    public static void ThrowIfInvalid(SqliteLedgerOptions options)
    {
        ValidateOptionsResult result = new SqliteLedgerOptionsValidator().Validate(null, options);
        if (result.Failed)
        {
            throw new OptionsValidationException(nameof(SqliteLedgerOptions), typeof(SqliteLedgerOptions), result.Failures);
        }
    }
}
