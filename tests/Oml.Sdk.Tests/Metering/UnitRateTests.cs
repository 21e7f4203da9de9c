using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Metering;

public sealed class UnitRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(7, 3)]
    [InlineData(1000, 86400)]
    [InlineData(1, RateLimit.MaxSeconds)]
    public void A_full_bucket_holds_its_units_and_no_time_gives_more_than_its_share(long units, int seconds)
    {
        UnitRate rate = new(new RateLimit(units, seconds), _time);
        Random random = new(1);
        long taken = 0;
        double elapsed = 0;
        for (int i = 0; i < 200; i++)
        {
            while (rate.TryTake(1, out TimeSpan wait, out _))
            {
                wait.Should().Be(TimeSpan.Zero);
                taken++;
            }

            taken.Should().BeLessThanOrEqualTo(units + (long)(elapsed * units / seconds) + 1);
            if (i == 0)
            {
                taken.Should().Be(units);
            }

            TimeSpan step = TimeSpan.FromSeconds(random.NextDouble() * seconds);
            elapsed += step.TotalSeconds;
            _time.Advance(step);
        }

        taken.Should().BeGreaterThan((long)(elapsed * units / seconds / 2));
    }

    [Fact]
    public void The_wait_is_as_long_as_needed_and_no_longer()
    {
        UnitRate rate = new(new RateLimit(7, 3), _time);
        rate.TryTake(7, out _, out _).Should().BeTrue();
        rate.TryTake(2, out TimeSpan wait, out _).Should().BeFalse();

        _time.Advance(wait - TimeSpan.FromTicks(1));
        rate.TryTake(2, out _, out _).Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));
        rate.TryTake(2, out _, out _).Should().BeTrue();
    }

    [Fact]
    public void Racing_callers_share_a_bucket()
    {
        UnitRate rate = new(new RateLimit(1000, 60), _time);
        int taken = 0;

        Parallel.For(0, 10_000, _ => Interlocked.Add(ref taken, rate.TryTake(1, out TimeSpan _, out long _) ? 1 : 0));

        taken.Should().Be(1000);
    }

    [Fact]
    public void Buckets_that_are_full_and_unused_are_forgotten()
    {
        UnitRates rates = new(_time);
        RateLimit limit = new(1, 60);
        for (int i = 0; i < 10_000; i++)
        {
            PermissionKey key = new("issuer", PermissionNonce.CreateRandom());
            rates.Acquire(key, limit).TryTake(1, out _, out _).Should().BeTrue();
            rates.Release(key);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        rates.Count.Should().BeLessThan(1000);
    }

    [Fact]
    public void A_bucket_in_use_is_kept()
    {
        UnitRates rates = new(_time);
        PermissionKey key = new("issuer", PermissionNonce.CreateRandom());
        UnitRate rate = rates.Acquire(key, new RateLimit(1, 60));
        rates.Acquire(key, new RateLimit(1, 60)).Should().BeSameAs(rate);
        rates.Release(key);

        rates.Acquire(key, new RateLimit(1, 60)).Should().BeSameAs(rate);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData((1L << 53) + 1, 1)]
    [InlineData(1, 0)]
    [InlineData(1, RateLimit.MaxSeconds + 1)]
    public void Refuses_limits_that_no_permission_can_have(long units, int seconds)
    {
        Action create = () => _ = new RateLimit(units, seconds);

        create.Should().Throw<ArgumentOutOfRangeException>();
    }
}
