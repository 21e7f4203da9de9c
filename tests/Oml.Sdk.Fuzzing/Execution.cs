namespace Oml.Sdk.Fuzzing;

/// <summary>Runs one input and judges it.</summary>
public static class Execution
{
    /// <summary>Decodes an input.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Run(FuzzTarget target, byte[] input)
    {
        long most = target.MaxAllocation(input.Length);
        long allocated = 0;

        // Again when it looks like too much: what is made once, and what a collection books, is not the input's doing.
        for (int attempt = 0; attempt < 3; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                target.Decode(input);
            }
            catch (Exception error)
            {
                return error.ToString();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated <= most)
            {
                return null;
            }
        }

        return $"It allocated {allocated} bytes for {input.Length}; {most} are allowed.";
    }
}
