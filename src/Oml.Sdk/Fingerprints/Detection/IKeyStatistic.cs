namespace Oml.Sdk.Fingerprints;

/// <summary>How much evidence agrees with a key. Thread-safe.</summary>
internal interface IKeyStatistic
{
    /// <summary>The largest T that any key could give, or a bound on it.</summary>
    double Largest { get; }

    /// <summary>T for a licensee's key.</summary>
    double Of(CarrierKey key);

    /// <summary>T for a licensee whose key is derived for the purpose and cleared.</summary>
    double Of(FingerprintKey key, FingerprintSubject subject);
}
