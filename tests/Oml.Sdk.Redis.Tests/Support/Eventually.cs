namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>Waits for conditions.</summary>
internal static class Eventually
{
    /// <summary>Asks again until a condition holds, for a minute.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        for (int attempt = 0; attempt < 1_200; attempt++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("What was waited for did not come.");
    }
}
