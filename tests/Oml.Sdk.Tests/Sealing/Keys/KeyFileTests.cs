using System.Security.Cryptography;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class KeyFileTests : IDisposable
{
    private static readonly ReadOnlyMemory<char> Password = "a password".AsMemory();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Keys_come_back_from_their_files()
    {
        using ContentKey content = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();

        await content.SaveAsync(_folder.Path("content.pem"), Password);
        await licensee.SaveAsync(_folder.Path("licensee.pem"), Password);
        using ContentKey contentAgain = await ContentKey.LoadAsync(_folder.Path("content.pem"), Password);
        using LicenseeKey licenseeAgain = await LicenseeKey.LoadAsync(_folder.Path("licensee.pem"), Password);

        contentAgain.Export().Should().Equal(content.Export());
        licenseeAgain.PublicKey.Should().Be(licensee.PublicKey);
        _folder.FileNames.Should().Equal("content.pem", "licensee.pem");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_the_owner_can_read_a_file(bool overwrite)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes; a file inherits the rights of its folder.");
            return;
        }

        string path = _folder.Path("key.pem");
        if (overwrite)
        {
            await File.WriteAllTextAsync(path, "readable by all");
        }

        await KeyFile.WriteAsync(path, "text", overwrite, default);

        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await File.ReadAllTextAsync(path)).Should().Be("text\n");
    }

    [Fact]
    public async Task A_file_that_is_there_stays_unless_asked()
    {
        string path = _folder.Path("key.pem");
        using ContentKey first = ContentKey.Generate();
        using ContentKey second = ContentKey.Generate();
        await first.SaveAsync(path, Password);

        Func<Task> again = () => second.SaveAsync(path, Password);

        (await again.Should().ThrowAsync<IOException>()).WithMessage($"*{path}*");
        (await ContentKey.LoadAsync(path, Password)).Export().Should().Equal(first.Export());
        await second.SaveAsync(path, Password, overwrite: true);
        (await ContentKey.LoadAsync(path, Password)).Export().Should().Equal(second.Export());
        _folder.FileNames.Should().Equal("key.pem");
    }

    [Fact]
    public void Of_many_writers_that_must_not_overwrite_one_wins()
    {
        for (int round = 0; round < 20; round++)
        {
            string path = _folder.Path($"key-{round}.pem");
            bool[] won = new bool[8];
            using Barrier start = new(won.Length);
            Thread[] writers = [.. won.Select((_, i) => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    KeyFile.WriteAsync(path, $"writer {i}", overwrite: false, default).GetAwaiter().GetResult();
                    won[i] = true;
                }
                catch (IOException)
                {
                }
            }))];
            Array.ForEach(writers, writer => writer.Start());
            Array.ForEach(writers, writer => writer.Join());

            won.Should().ContainSingle(one => one);
            File.ReadAllText(path).Should().Be($"writer {Array.IndexOf(won, true)}\n");
        }

        _folder.FileNames.Should().HaveCount(20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_writer_leaves_things_as_they_were(bool overwrite)
    {
        string path = _folder.Path("key.pem");
        if (overwrite)
        {
            await File.WriteAllTextAsync(path, "before");
        }

        Func<Task> write = () => KeyFile.WriteAsync(path, "after", overwrite, new CancellationToken(canceled: true));

        await write.Should().ThrowAsync<OperationCanceledException>();
        _folder.FileNames.Should().Equal(overwrite ? ["key.pem"] : []);
        if (overwrite)
        {
            (await File.ReadAllTextAsync(path)).Should().Be("before");
        }
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        string path = _folder.Path(Path.Combine("missing", "key.pem"));

        await ((Func<Task>)(() => KeyFile.WriteAsync(path, "text", overwrite: false, default))).Should().ThrowAsync<DirectoryNotFoundException>()
            .WithMessage("*missing*");
        await ((Func<Task>)(() => KeyFile.WriteAsync(path, "text", overwrite: true, default))).Should().ThrowAsync<DirectoryNotFoundException>()
            .WithMessage("*missing*");
        await ((Func<Task>)(() => ContentKey.LoadAsync(path, Password))).Should().ThrowAsync<IOException>().WithMessage("*missing*");
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_named_and_not_quoted()
    {
        string wrong = _folder.Path("wrong.pem");
        string huge = _folder.Path("huge.pem");
        await File.WriteAllTextAsync(wrong, "something private");
        await File.WriteAllBytesAsync(huge, new byte[70_000]);
        await File.WriteAllTextAsync(_folder.Path("content.pem"), WrappedKey.ContentKeyPem);

        (await Error(wrong)).Should().Contain(wrong).And.Contain("no OML ENCRYPTED KEY").And.NotContain("private");
        (await Error(huge)).Should().Contain(huge).And.Contain("longer than 65536 bytes");
        (await Error(_folder.Path("content.pem"))).Should().Contain("content.pem").And.Contain("is a content key, not a licensee key");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> Error(string path)
    {
        Func<Task> load = () => LicenseeKey.LoadAsync(path, Password);
        return (await load.Should().ThrowAsync<CryptographicException>()).Which.Message;
    }
}
