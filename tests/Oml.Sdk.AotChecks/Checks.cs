using Oml.Sdk.Permissions;

namespace Oml.Sdk.AotChecks;

/// <summary>Counts what held and what did not.</summary>
internal sealed class Checks
{
    private int _passed;
    private int _failed;

    public void That(string what, bool holds)
    {
        Console.WriteLine($"{(holds ? "passed" : "FAILED")}  {what}");
        _passed += holds ? 1 : 0;
        _failed += holds ? 0 : 1;
    }

    public async Task Denied(string what, DenialReason reason, OmlModel model, byte[] permission)
    {
        try
        {
            (await model.InferAsync(SumBackend.Inputs(1, 2, 3), permission)).Dispose();
            That(what, false);
        }
        catch (PermissionDeniedException error)
        {
            That(what, error.Reason == reason);
        }
    }

    public int Report()
    {
        bool aot = !System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported;
        Console.WriteLine($"{(aot ? "Compiled ahead of time" : "Compiled just in time")}: {_passed} passed, {_failed} failed, 0 skipped");
        return _failed == 0 ? 0 : 1;
    }
}
