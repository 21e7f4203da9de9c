using System.Collections.Concurrent;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Recording;

/// <summary>What one session delivered and has no receipt of yet. Thread-safe; counting a call is one interlocked addition.</summary>
internal sealed class SessionRecord
{
    private readonly UsageRecorder _recorder;
    private readonly Permission _permission;
    private readonly ReceiptBacklog _backlog;
    private readonly ConcurrentQueue<Receipt>? _calls;
    private long _delivered;
    private long _receipted;
    private volatile bool _isClosed;

    public SessionRecord(UsageRecorder recorder, Permission permission, ReceiptBacklog backlog)
    {
        _recorder = recorder;
        _permission = permission;
        _backlog = backlog;
        _calls = recorder.Options.Digests == ReceiptDigests.None ? null : [];
    }

    /// <summary>Whether nothing more will come.</summary>
    public bool IsClosed
    {
        get => _isClosed;
        set => _isClosed = value;
    }

    /// <summary>Whether something was delivered that has no receipt.</summary>
    public bool HasPending => Volatile.Read(ref _delivered) > Volatile.Read(ref _receipted) || _calls is { IsEmpty: false };

    /// <summary>Counts what a call delivered.</summary>
    public void Delivered(InferenceInputs inputs, InferenceOutputs outputs, long units)
    {
        if (_calls is not null)
        {
            Keep(inputs, outputs, units);
            return;
        }

        long delivered = Interlocked.Add(ref _delivered, units);
        if (delivered - Volatile.Read(ref _receipted) >= _recorder.Options.FlushUnits)
        {
            _recorder.Wake();
        }
    }

    /// <summary>Refuses a call that would have no receipt.</summary>
    /// <exception cref="ReceiptLogException">Receipts cannot be written, or too many wait.</exception>
    public void ThrowIfUnrecordable() => _recorder.ThrowIfUnrecordable();

    /// <summary>Takes what has no receipt. Whoever takes it writes it.</summary>
    /// <returns>How many receipts were added, at most <paramref name="most"/>.</returns>
    public int Take(DateTimeOffset now, int most, List<Receipt> receipts)
    {
        int before = receipts.Count;
        while (_calls is not null && receipts.Count - before < most && _calls.TryDequeue(out Receipt? receipt))
        {
            // The ledger was told of no later time yet.
            receipts.Add(receipt.Time > now ? receipt with { Time = now } : receipt);
        }

        long delivered = Volatile.Read(ref _delivered);
        long first = Interlocked.Exchange(ref _receipted, delivered);
        if (_calls is null && delivered > first)
        {
            receipts.Add(Create(first, delivered - first, now));
        }

        return receipts.Count - before;
    }

    private void Keep(InferenceInputs inputs, InferenceOutputs outputs, long units)
    {
        ReceiptDigests digests = _recorder.Options.Digests;
        ReceiptHash? input = digests.HasFlag(ReceiptDigests.Inputs) ? new ReceiptHash(InputDigest.Compute(inputs).ToArray()) : null;
        ReceiptHash? output = digests.HasFlag(ReceiptDigests.Outputs) ? OutputDigest.Compute(outputs) : null;
        long delivered = Interlocked.Add(ref _delivered, units);
        bool half = _backlog.Add();
        _calls!.Enqueue(Create(delivered - units, units, _recorder.Time.GetUtcNow()) with { InputsDigest = input, OutputsDigest = output });
        if (half || delivered - Volatile.Read(ref _receipted) >= _recorder.Options.FlushUnits)
        {
            _recorder.Wake();
        }
    }

    private Receipt Create(long first, long units, DateTimeOffset time) => new()
    {
        Permission = _permission.Key,
        Model = _permission.Model,
        Licensee = _permission.Licensee,
        Units = units,

        // A permission for one session is counted here from its first unit; one for several, by nobody.
        FirstUnit = _permission.Use == PermissionUse.SingleSession ? first : null,
        Time = time,
    };
}
