using System.Text;

namespace Oml.Sdk.SessionHost;

/// <summary>Says what happens, before anything else does, and stops for ever behind a given word, to be killed there.</summary>
internal sealed class Announcer(string stopAt)
{
    private readonly Stream _output = Console.OpenStandardOutput();

    /// <summary>Straight to the pipe: what was said is known outside, whatever happens next.</summary>
    public void Say(string line)
    {
        _output.Write(Encoding.ASCII.GetBytes(line + "\n"));
        if (line.Split(' ')[0] == stopAt)
        {
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
