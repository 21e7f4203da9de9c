using Microsoft.Extensions.Options;

namespace Oml.Sdk.Redis.Tests;

public sealed class RedisLedgerOptionsTests
{
    public static TheoryData<string, Action<RedisLedgerOptions>> Wrong => new()
    {
        { "ConnectionString", options => options.ConnectionString = "" },
        { "ConnectionString", options => options.ConnectionString = "localhost:notaport,password=hunter2,frobnicate=1" },
        { "KeyPrefix", options => options.KeyPrefix = "" },
        { "KeyPrefix", options => options.KeyPrefix = "{oml}" },
        { "KeyPrefix", options => options.KeyPrefix = "with space:" },
        { "KeyPrefix", options => options.KeyPrefix = new string('p', 65) },
        { "EpochKey", options => options.EpochKey = "" },
        { "EpochKey", options => options.EpochKey = "seen" },
        { "EpochKey", options => options.EpochKey = "p:1" },
        { "EpochKey", options => options.EpochKey = "a}b" },
        { "ConnectTimeout", options => options.ConnectTimeout = TimeSpan.Zero },
        { "ConnectTimeout", options => options.ConnectTimeout = TimeSpan.FromHours(1) },
        { "OperationTimeout", options => options.OperationTimeout = TimeSpan.FromMilliseconds(1) },
        { "OperationTimeout", options => options.OperationTimeout = Timeout.InfiniteTimeSpan },
        { "AllowedClockSkew", options => options.AllowedClockSkew = TimeSpan.FromSeconds(-1) },
        { "AllowedClockSkew", options => options.AllowedClockSkew = TimeSpan.FromDays(2) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Refuses_an_option_that_is_wrong_before_it_connects(string option, Action<RedisLedgerOptions> spoil)
    {
        Func<Task> open = async () => await RedisUsageLedger.OpenAsync("localhost:1", spoil);
        Action use = () => OmlModel.CreateBuilder().UseRedisLedger("localhost:1", spoil);

        (await open.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain(option).And.NotContain("hunter2");
        use.Should().Throw<OptionsValidationException>().Which.Message.Should().Contain(option);
    }

    [Fact]
    public void Has_defaults_that_need_only_a_server() =>
        new RedisLedgerOptionsValidator().Validate(null, new RedisLedgerOptions { ConnectionString = "localhost" }).Succeeded.Should().BeTrue();
}
