using Oml.Sdk.Fuzzing;

namespace Oml.Sdk.Tests.Fuzzing;

/// <summary>The committed inputs of the fuzzer, good ones and those that once were a defect.</summary>
public sealed class FuzzInputTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_input_is_accepted_or_refused_as_documented(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name);
        IReadOnlyList<byte[]> inputs = Corpus.Read(target);

        inputs.Should().NotBeEmpty();
        foreach (byte[] input in inputs)
        {
            Execution.Run(target, input).Should().BeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_truncation_and_every_flipped_byte_of_an_input_is_too(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name);
        byte[] input = Corpus.Read(target)[0];
        int step = 1 + (input.Length / 2000);
        for (int at = 0; at < input.Length; at += step)
        {
            byte[] flipped = [.. input];
            flipped[at] ^= 0xff;

            Execution.Run(target, flipped).Should().BeNull("byte {0}", at);
            Execution.Run(target, input[..at]).Should().BeNull("length {0}", at);
        }
    }

    [Fact]
    public void A_defect_is_a_defect()
    {
        Execution.Run(new Defective(1 << 20), []).Should().Contain("allocated");
        Execution.Run(new Defective(-1), []).Should().Contain(nameof(OverflowException));
    }

    private sealed class Defective(int length) : FuzzTarget
    {
        private byte[] _kept = [];

        public override string Name => "defective";

        public override void Decode(byte[] input)
        {
            _kept = new byte[length];
            _ = _kept.Length;
        }

        public override IEnumerable<byte[]> Seeds() => [];
    }
}
