using Microsoft.Extensions.Options;

namespace Oml.Sdk.Redis;

/// <summary>The one validator of <see cref="RedisLedgerOptions"/>, for ledgers, builders and hosts alike.</summary>
[OptionsValidator]
internal sealed partial class RedisLedgerOptionsValidator : IValidateOptions<RedisLedgerOptions>
{
    /// <summary>Refuses options that are out of range.</summary>
    public static void ThrowIfInvalid(RedisLedgerOptions options)
    {
        ValidateOptionsResult result = new RedisLedgerOptionsValidator().Validate(nameof(RedisLedgerOptions), options);
        if (result.Failed)
        {
            throw new OptionsValidationException(nameof(RedisLedgerOptions), typeof(RedisLedgerOptions), result.Failures);
        }
    }
}
