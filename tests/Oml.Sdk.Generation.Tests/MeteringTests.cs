using Oml.Sdk.Generation.Tests.Support;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Generation.Tests;

/// <summary>A token is a unit: no more, no less, whatever happens.</summary>
public sealed class MeteringTests
{
    private static readonly GenerationOptions Hundred = new() { MaxNewTokens = 100 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    public async Task Costs_a_unit_a_token_whatever_the_prompt(int count)
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync(quota: 1_000);

        await new TextGenerator(session).GenerateAsync(Enumerable.Range(0, 40), new GenerationOptions { MaxNewTokens = count }).ToListAsync();

        session.UnitsSpent.Should().Be(count);
    }

    [Fact]
    public async Task Costs_a_unit_a_token_by_rows_too()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync(quota: 10, unit: MeteringUnit.Row);

        await new TextGenerator(session).GenerateAsync([1, 2, 3], new GenerationOptions { MaxNewTokens = 10 }).ToListAsync();

        session.UnitsSpent.Should().Be(10);
    }

    [Fact]
    public async Task Stops_with_the_reason_when_the_quota_is_spent_and_delivers_what_was_paid()
    {
        Language language = new(Signatures.KeyValues(), Language.Mixed);
        await using Licensed model = await Licensed.LanguageAsync(language);
        await using OmlSession session = await model.AuthorizeAsync(quota: 7);
        List<GeneratedToken> tokens = [];
        Func<Task> read = async () =>
        {
            await foreach (GeneratedToken token in new TextGenerator(session).GenerateAsync([1], Hundred))
            {
                tokens.Add(token);
            }
        };

        (await read.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.QuotaExhausted);
        tokens.Should().HaveCount(7).And.OnlyContain(token => token.FinishReason == null);
        language.Runs.Should().Be(7, "a denied call never runs the model");
        session.UnitsSpent.Should().Be(7);
    }

    [Fact]
    public async Task Stops_when_the_permission_ends_on_the_way()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync();
        int count = 0;
        Func<Task> read = async () =>
        {
            await foreach (GeneratedToken token in new TextGenerator(session).GenerateAsync([1], Hundred))
            {
                if (++count == 5)
                {
                    model.Time.Advance(TimeSpan.FromHours(2));
                }
            }
        };

        (await read.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
        count.Should().Be(5);
    }

    [Fact]
    public async Task Costs_nothing_more_once_nobody_reads()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync(quota: 100);
        IAsyncEnumerable<GeneratedToken> stream = new TextGenerator(session).GenerateAsync([1], Hundred);
        session.UnitsSpent.Should().Be(0, "nothing was read yet");
        int count = 0;
        await foreach (GeneratedToken token in stream)
        {
            if (++count == 4)
            {
                break;
            }
        }

        session.UnitsSpent.Should().Be(4);
    }

    [Fact]
    public async Task Gives_the_unit_back_when_a_token_is_cancelled()
    {
        using CancellationTokenSource cancellation = new();
        Language language = new(Signatures.KeyValues(), Language.Mixed) { During = run => CancelAt(run, cancellation) };
        await using Licensed model = await Licensed.LanguageAsync(language);
        await using OmlSession session = await model.AuthorizeAsync(quota: 5);
        TextGenerator generator = new(session);
        List<int> tokens = [];
        Func<Task> read = async () =>
        {
            await foreach (GeneratedToken token in generator.GenerateAsync([1], Hundred, cancellation.Token))
            {
                tokens.Add(token.Id);
            }
        };

        await read.Should().ThrowAsync<OperationCanceledException>();
        tokens.Should().HaveCount(2);
        session.UnitsSpent.Should().Be(2);
        (await generator.GenerateAsync([1], new GenerationOptions { MaxNewTokens = 3 }).IdsAsync()).Should().HaveCount(3, "three units are left");

        static void CancelAt(int run, CancellationTokenSource source)
        {
            if (run == 3)
            {
                source.Cancel();
            }
        }
    }

    [Fact]
    public async Task Heeds_the_token_that_the_reader_brings()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync();
        Func<Task> read = async () =>
        {
            await foreach (GeneratedToken token in new TextGenerator(session).GenerateAsync([1]).WithCancellation(new CancellationToken(canceled: true)))
            {
            }
        };

        await read.Should().ThrowAsync<OperationCanceledException>();
        session.UnitsSpent.Should().Be(0);
    }

    [Fact]
    public async Task Costs_nothing_for_a_token_that_the_runtime_failed_at()
    {
        Language language = new(Signatures.KeyValues(), Language.Mixed)
        {
            During = run => _ = run == 4 ? throw new InvalidOperationException("the runtime is out of memory") : run,
        };
        await using Licensed model = await Licensed.LanguageAsync(language);
        await using OmlSession session = await model.AuthorizeAsync();
        Func<Task> read = () => new TextGenerator(session).GenerateAsync([1], Hundred).ToListAsync();

        await read.Should().ThrowAsync<InvalidOperationException>();
        session.UnitsSpent.Should().Be(3);
    }

    [Fact]
    public async Task Is_paid_again_when_it_is_read_again()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync();
        IAsyncEnumerable<GeneratedToken> stream = new TextGenerator(session).GenerateAsync([1], new GenerationOptions { MaxNewTokens = 9, Seed = 4 });

        int[] first = await stream.IdsAsync();
        int[] second = await stream.IdsAsync();

        second.Should().Equal(first);
        session.UnitsSpent.Should().Be(18);
    }
}
