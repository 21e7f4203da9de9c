using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using Oml.Sdk.Benchmarks.Overhead;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Benchmarks.Permissions;

/// <summary>Permissions that are presented for the first time, against the platform decoding the same bytes and verifying their signature.</summary>
internal sealed class ColdAuthorize : IDisposable
{
    private const int Stock = 256;

    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
    private readonly ECDsa _key = ECDsa.Create();
    private readonly OmlModel _model;
    private readonly Queue<byte[]> _tokens = new();
    private readonly byte[] _token;

    public ColdAuthorize()
    {
        _key.ImportSubjectPublicKeyInfo(_issuer.PublicKey.ExportSubjectPublicKeyInfo(), out _);
        _model = OmlModel.CreateBuilder()
            .UseOnnx("a model"u8.ToArray())
            .UseBackend((_, _, _) => new(new NothingBackend()))
            .TrustIssuer(_issuer.PublicKey)
            .UseLedger(new InMemoryUsageLedger())
            .BuildAsync().AsTask().GetAwaiter().GetResult();
        _token = Issue();
    }

    /// <summary>Issues permissions ahead, outside of what is timed.</summary>
    public void Prepare()
    {
        while (_tokens.Count < Stock)
        {
            _tokens.Enqueue(Issue());
        }
    }

    /// <summary>Authorizes and ends the session, which redeems, reserves and releases in the ledger.</summary>
    public void Authorize(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            byte[] token = _tokens.TryDequeue(out byte[]? prepared) ? prepared : Issue();
            _model.AuthorizeAsync(token).AsTask().GetAwaiter().GetResult().Dispose();
        }
    }

    public void Verify(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            if (!CoseMessage.DecodeSign1(_token).VerifyEmbedded(_key))
            {
                throw new CryptographicException("A good signature was refused.");
            }
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _key.Dispose();
        _issuer.Dispose();
    }

    private byte[] Issue() => _issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = _model.Id,
        Lifetime = TimeSpan.FromHours(1),
        Quota = 1000,
    });
}
