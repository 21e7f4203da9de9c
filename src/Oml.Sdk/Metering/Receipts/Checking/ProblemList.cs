using System.Collections.Immutable;

namespace Oml.Sdk.Metering.Receipts.Checking;

/// <summary>Collects what is wrong, up to a number that a person can read.</summary>
internal sealed class ProblemList
{
    private const int Most = 100;

    private readonly ImmutableArray<ReceiptLogProblem>.Builder _problems = ImmutableArray.CreateBuilder<ReceiptLogProblem>();

    public void Add(ReceiptLogFault fault, long index, string message)
    {
        if (_problems.Count < Most)
        {
            _problems.Add(new ReceiptLogProblem(fault, index, message));
        }
    }

    public ImmutableArray<ReceiptLogProblem> ToImmutable() => _problems.ToImmutable();
}
