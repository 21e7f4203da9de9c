using Oml.Sdk.Permissions;

namespace Oml.Sdk.Benchmarks.Ledgers;

/// <summary>Callers that redeem new nonces at the same time.</summary>
internal static class Callers
{
    public static PermissionKey NewKey() => new("https://publisher.example", PermissionNonce.CreateRandom());

    public static void Run(int callers, int steps, Func<Task<bool>> step) => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
    {
        for (int i = 0; i < steps; i++)
        {
            if (!await step())
            {
                throw new InvalidOperationException("A nonce that nobody had redeemed was refused.");
            }
        }
    }))).GetAwaiter().GetResult();
}
