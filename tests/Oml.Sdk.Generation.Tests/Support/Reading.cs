namespace Oml.Sdk.Generation.Tests.Support;

/// <summary>Reads a stream of tokens.</summary>
internal static class Reading
{
    public static readonly GenerationOptions Greedy = new() { Temperature = 0 };

    public static async Task<List<GeneratedToken>> ToListAsync(this IAsyncEnumerable<GeneratedToken> stream)
    {
        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in stream)
        {
            tokens.Add(token);
        }

        return tokens;
    }

    public static async Task<int[]> IdsAsync(this IAsyncEnumerable<GeneratedToken> stream) =>
        [.. (await stream.ToListAsync()).Select(token => token.Id)];
}
