using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Permissions;
using Oml.Sdk.Testing;
using Oml.Sdk.Tests.Sealing.Keys;

namespace Oml.Sdk.Tests.Permissions;

public sealed class FileKeySetSourceTests : IssuerKeySetSourceContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override (IIssuerKeySetSource Source, Action<IssuerKeySet?> Replace) CreateSource(IssuerKeySet keys)
    {
        string path = _folder.Path("keys.json");
        Replace(keys);
        return (IssuerKeySetSource.FromFile(path), Replace);

        // As a publisher should: written beside its name, and renamed.
        void Replace(IssuerKeySet? other)
        {
            File.WriteAllText(path + ".new", other?.ExportJwkSet() ?? "{\"keys\":[{");
            File.Move(path + ".new", path, overwrite: true);
        }
    }
}

public sealed class StreamKeySetSourceTests : IssuerKeySetSourceContract
{
    protected override (IIssuerKeySetSource Source, Action<IssuerKeySet?> Replace) CreateSource(IssuerKeySet keys)
    {
        byte[] present = keys.ExportCoseKeySet();
        return (
            IssuerKeySetSource.FromStream(_ => Task.FromResult<Stream>(new MemoryStream(present, writable: false))),
            other => present = other?.ExportCoseKeySet() ?? [0x9F]);
    }

    [Fact]
    public async Task Reads_streams_that_come_in_small_pieces_and_closes_them()
    {
        byte[] set = Encoding.UTF8.GetBytes(new IssuerKeySet(new IssuerSetKey(TestKey.P256.PublicKey)).ExportJwkSet() + new string(' ', 100_000));
        using Pieces stream = new(set, endless: false);

        IssuerKeySet read = await IssuerKeySetSource.FromStream(_ => Task.FromResult<Stream>(stream)).LoadAsync(TestContext.Current.CancellationToken);

        read.Keys.Should().ContainSingle();
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task Stops_reading_a_stream_without_end()
    {
        using Pieces stream = new("{"u8.ToArray(), endless: true);

        Func<Task> load = async () => await IssuerKeySetSource.FromStream(_ => Task.FromResult<Stream>(stream)).LoadAsync();

        (await load.Should().ThrowAsync<CryptographicException>()).WithMessage("*longer than 262144 bytes*");
        stream.BytesRead.Should().BeLessThan(262144 + 1000);
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public void Refuses_to_read_nothing()
    {
        Action path = () => IssuerKeySetSource.FromFile("");
        Action open = () => IssuerKeySetSource.FromStream(null!);

        path.Should().Throw<ArgumentException>();
        open.Should().Throw<ArgumentNullException>();
    }

    private sealed class Pieces(byte[] content, bool endless) : MemoryStream(content, writable: false)
    {
        public bool IsDisposed { get; private set; }

        public long BytesRead { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = Read(buffer.Span[..Math.Min(777, buffer.Length)]);
            if (read == 0 && endless)
            {
                read = Math.Min(777, buffer.Length);
                buffer.Span[..read].Fill((byte)' ');
            }

            BytesRead += read;
            return new(read);
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
