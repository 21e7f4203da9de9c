using System.Security.Cryptography;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Benchmarks.Permissions;

/// <summary>What each way to permit and meter costs a call, over a backend that does nothing.</summary>
internal static class PermissionComparison
{
    private const long Plenty = 1L << 40;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync()
    {
        BenchReport report = new();
        AddColdAuthorize(report);
        AddHotPath(report, "quota and expiry", model => Request(model, quota: Plenty), null);
        AddHotPath(report, "quota, expiry and rate limit", model => Request(model, quota: Plenty, rate: Rate()), null);
        AddHotPath(
            report, "quota, expiry and output policy (3 decimals of 4 scores)",
            model => Request(model, quota: Plenty, policy: OutputPolicy.Round(3)), null);
        AddHotPath(
            report, "quota, expiry and input digest (16 bytes)",
            model => Request(model, quota: Plenty, digest: InputDigest.Compute(MeteredSession.Inputs)), null);
        AddHash(report);
        AddPermitChain(report);
        await AddReceiptsAsync(report);
        return report.Finish("permissions");
    }

    private static PermissionRequest Request(
        ModelId model, long? quota = null, RateLimit? rate = null, OutputPolicy? policy = null, InputDigest? digest = null, PermitChainAnchor? chain = null) => new()
    {
        Licensee = "licensee",
        Model = model,
        Lifetime = TimeSpan.FromHours(1),
        Quota = quota,
        Rate = rate,
        OutputPolicy = policy,
        InputDigest = digest,
        PermitChain = chain,
    };

    private static RateLimit Rate() => new(Plenty, 60);

    private static void AddColdAuthorize(BenchReport report)
    {
        using ColdAuthorize cold = new();
        PairedRatio ratio = PairedRatio.Measure(cold.Authorize, cold.Verify, Duration, cold.Prepare);
        report.Add("cold authorize / decode and verify of the platform, ES256", ratio.Ratio, "ratio", 1.3);
        report.Add("  authorize, and end the session", ratio.First / 1000, "us");
        report.Add("  decode and verify", ratio.Second / 1000, "us");
        AddUnwrap(report, cold);
    }

    // A sealed model asks for it with every permission, also when it is open: what opens nothing here must not run here.
    private static void AddUnwrap(BenchReport report, ColdAuthorize cold)
    {
        using LicenseeKey licensee = LicenseeKey.Create();
        using ContentKey key = ContentKey.Generate();
        ModelId model = ModelId.Compute("a model"u8);
        byte[] wrapped = key.WrapFor(licensee.PublicKey, model);
        PairedRatio ratio = PairedRatio.Measure(Unwrap, cold.Verify, Duration);
        report.Add("  with a sealed model besides: unwrap the content key", ratio.First / 1000, "us");

        void Unwrap(int calls)
        {
            for (int i = 0; i < calls; i++)
            {
                licensee.Unwrap(wrapped, model).Dispose();
            }
        }
    }

    private static void AddHotPath(
        BenchReport report, string name, Func<ModelId, PermissionRequest> permission, double? target)
    {
        using MeteredSession session = new(permission);
        using MeteredSession plain = new(model => Request(model));
        PairedRatio ratio = PairedRatio.Measure(session.Infer, plain.Infer, Duration);
        report.Add($"call with {name}", ratio.First, "ns", target);
    }

    // What a digest of few inputs cannot be faster than.
    private static void AddHash(BenchReport report)
    {
        byte[] data = new byte[64];
        byte[] hash = new byte[SHA256.HashSizeInBytes];
        PairedRatio ratio = PairedRatio.Measure(Hash, Hash, TimeSpan.FromSeconds(1));
        report.Add("  SHA-256 of 64 bytes by the platform", ratio.First, "ns");

        void Hash(int calls)
        {
            for (int i = 0; i < calls; i++)
            {
                SHA256.HashData(data, hash);
            }
        }
    }

    private static void AddPermitChain(BenchReport report)
    {
        const int Length = 1 << 21;
        using PermitChain chain = PermitChain.Create(Length);

        // The preimages as a licensee has them, the first paid first.
        byte[] preimages = new byte[(Length + 1L) * PermitChain.PreimageSize];
        for (int i = 1; i <= Length; i++)
        {
            chain.Release(i, preimages.AsSpan(i * PermitChain.PreimageSize, PermitChain.PreimageSize));
        }

        using MeteredSession session = new(model => Request(model, chain: chain.Anchor));
        using MeteredSession plain = new(model => Request(model));
        int paid = 0;
        PairedRatio ratio = PairedRatio.Measure(
            calls =>
            {
                for (int i = 0; i < calls; i++)
                {
                    if (++paid > Length)
                    {
                        throw new InvalidOperationException("The chain is too short for this measurement.");
                    }

                    session.Pay(paid, preimages.AsSpan(paid * PermitChain.PreimageSize, PermitChain.PreimageSize));
                    session.Infer(1);
                }
            },
            plain.Infer,
            TimeSpan.FromSeconds(0.5));
        report.Add("permit-chain unit: pay and call", ratio.First, "ns", 1000);
        report.Add("  the call alone", ratio.Second, "ns");
    }

    private static async Task AddReceiptsAsync(BenchReport report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("oml-bench-");
        try
        {
            using PermissionIssuer host = PermissionIssuer.Create();
            await using ReceiptLog log = await ReceiptLog.OpenAsync(folder.FullName, host);
            Func<ModelId, PermissionRequest> quota = model => Request(model, quota: Plenty);
            using (MeteredSession session = new(quota, builder => builder.UseReceipts(log)))
            {
                using MeteredSession without = new(quota);
                PairedRatio ratio = PairedRatio.Measure(session.Infer, without.Infer, Duration);
                report.Add("receipts add to a call, written to the disk every 4096 units", ratio.First - ratio.Second, "ns", 100);
            }

            using MeteredSession all = new(
                model => Request(model, quota: Plenty, rate: Rate(), policy: OutputPolicy.Round(3)), builder => builder.UseReceipts(log));
            using MeteredSession plain = new(model => Request(model));
            PairedRatio every = PairedRatio.Measure(all.Infer, plain.Infer, Duration);
            report.Add("call with every check: quota, expiry, rate, output policy, receipts", every.First, "ns", 250);
            report.Add("  receipts written meanwhile", log.Size, "");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
