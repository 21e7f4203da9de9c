namespace Oml.Sdk.Fingerprints;

/// <summary>Finds the carrier key of a licensee: any licensee's for a publisher, its own for a licensee's application. Thread-safe.</summary>
internal sealed class SubjectKeys
{
    private readonly FingerprintKey? _publisherKey;
    private readonly CarrierKey? _licenseeKey;
    private readonly FingerprintSubject _licensee;

    public SubjectKeys(FingerprintKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _publisherKey = key;
    }

    public SubjectKeys(CarrierKey key, FingerprintSubject subject)
    {
        ArgumentNullException.ThrowIfNull(key);
        _licenseeKey = key;
        _licensee = subject;
    }

    /// <summary>Makes something with the key of a subject, which must not outlive the call.</summary>
    /// <exception cref="ArgumentException">The key is that of another licensee or model.</exception>
    public T Use<T>(FingerprintSubject subject, Func<CarrierKey, T> make)
    {
        if (_publisherKey is not null)
        {
            using CarrierKey derived = _publisherKey.DeriveCarrierKey(subject);
            return make(derived);
        }

        return subject == _licensee
            ? make(_licenseeKey!)
            : throw new ArgumentException(
                $"This fingerprint has the key of licensee {_licensee.FingerprintId} of model {_licensee.Model}; " +
                $"it cannot mark for licensee {subject.FingerprintId} of model {subject.Model}.",
                nameof(subject));
    }
}
