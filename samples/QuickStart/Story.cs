using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.OnnxRuntime;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using QuickStart.Digits;

namespace QuickStart;

/// <summary>The quick start from beginning to end.</summary>
internal sealed class Story(QuickStartOptions options)
{
    private readonly Screen _screen = new(options.Color);
    private readonly OnnxRuntimeOptions _runtime = new()
    {
        ExecutionProvider = options.Cuda ? ExecutionProvider.CudaThenCpu : ExecutionProvider.Cpu,
    };

    /// <returns>False if anything that must be refused was not, or the trace named somebody else.</returns>
    public async Task<bool> TellAsync()
    {
        string path = options.ModelPath ?? Path.Combine(AppContext.BaseDirectory, "digits.onnx");
        await using OnnxRuntimeBackend bare = OnnxRuntimeBackend.Load(ModelSource.FromFile(path), _runtime);
        bool canMark = CanMark(bare.Signature);

        // The application's own key: what the publisher wraps content keys for.
        using LicenseeKey licensee = LicenseeKey.Create();
        using Publisher publisher = new(licensee.PublicKey);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("oml-quickstart-");
        try
        {
            string file = await PublishAsync(publisher, path, folder.FullName);
            await using OmlModel model = await BuildAsync(file, licensee, publisher.Issuer, canMark ? publisher.Fingerprints : null);
            InferenceInputs inputs = await InferAsync(model, bare.Signature, publisher);
            ShowModel(path, model);

            _screen.Heading("Misuse is refused, and the model does not run");
            bool ok = await new Refusals(_screen, model, publisher, inputs).ShowAsync();
            if (!options.Plain)
            {
                ok &= await new SealedRefusals(_screen, publisher, licensee, file, (sealedFile, key, trusted) => BuildAsync(sealedFile, key, trusted, null))
                    .ShowAsync();
            }

            if (canMark)
            {
                _screen.Heading($"A leak is traced to one of {Tracing.Licensees:N0} licensees");
                ok &= await new Tracing(_screen, model, bare, publisher, options).ShowAsync();
            }

            _screen.Heading("Overhead on this machine");
            await ShowOverheadAsync(model, bare, publisher, inputs);
            Screen.Line();
            return ok;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool CanMark(ModelSignature signature) =>
        signature.Outputs[0].ElementType == TensorElementType.Float32 && !signature.Outputs[0].Shape.IsEmpty;

    /// <returns>The file that the publisher hands to everybody.</returns>
    private async Task<string> PublishAsync(Publisher publisher, string path, string folder)
    {
        if (options.Plain)
        {
            publisher.Publish(await ModelSource.FromFile(path).ComputeIdAsync());
            return path;
        }

        string file = Path.Combine(folder, Path.ChangeExtension(Path.GetFileName(path), ".oml"));
        await publisher.SealAsync(path, file);
        using SealedModel model = SealedModel.Open(file, publisher.Issuer.PublicKey);
        await model.VerifyAsync();
        _screen.Heading($"{Path.GetFileName(path)} is sealed: encrypted, signed, free to copy");
        foreach (SealedEntry entry in model.Manifest.Entries)
        {
            Screen.Line($"{entry.Path}  {entry.Size:N0} bytes in clear, {entry.SealedSize:N0} sealed");
        }

        Screen.Line($"id   {model.Id}");
        _screen.Good($"Anybody can check {new FileInfo(file).Length:N0} bytes against the publisher's signature; nobody can read them without a permission.");
        return file;
    }

    private ValueTask<OmlModel> BuildAsync(string path, LicenseeKey licensee, PermissionIssuer trusted, FingerprintKey? fingerprintKey)
    {
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseOnnxRuntime(o => o.ExecutionProvider = _runtime.ExecutionProvider)
            .TrustIssuer(trusted.PublicKey, trusted.Name)
            .UseLedger(new InMemoryUsageLedger())
            .UseLoggerFactory(NullLoggerFactory.Instance);
        builder = options.Plain ? builder.UseOnnx(path) : builder.UseSealedModel(path, licensee);
        if (fingerprintKey is not null)
        {
            builder.UseFingerprint(new LogitFingerprint(fingerprintKey));
        }

        return builder.BuildAsync();
    }

    private void ShowModel(string path, OmlModel model)
    {
        _screen.Heading($"Model {Path.GetFileName(path)} on {model.ExecutionProvider}");
        Screen.Line($"id   {model.Id}");
        Screen.Line($"in   {string.Join(", ", model.Signature.Inputs)}");
        Screen.Line($"out  {string.Join(", ", model.Signature.Outputs)}");
        if (options.ModelPath is null)
        {
            Screen.Line("Trained by samples/DigitTrainer on digits that it draws itself; 4,995 of 5,000 unseen ones right.");
        }
    }

    private async Task<InferenceInputs> InferAsync(OmlModel model, ModelSignature signature, Publisher publisher)
    {
        byte[] permission = publisher.Permit(quota: 1);
        _screen.Heading($"A permission of {permission.Length} bytes for one inference{(options.Plain ? "" : ", which opens the model")}");
        if (options.ModelPath is not null)
        {
            InferenceInputs given = new ModelInputs(options).Create(signature, options.Seed);
            using InferenceOutputs outputs = await model.InferAsync(given, permission);
            foreach (OutputTensor output in outputs)
            {
                _screen.Good($"{output.Name}: {output.ElementType}[{string.Join(", ", output.Shape.ToArray())}]{Preview(output)}");
            }

            return given;
        }

        int digit = options.Seed % 10;
        float[] picture = new DigitRenderer((ulong)options.Seed).Render(digit);
        DigitPicture.Print(picture);
        InferenceInputs inputs = new InferenceInputs().Add("image", picture, 1, 1, 28, 28);
        using (InferenceOutputs outputs = await model.InferAsync(inputs, permission))
        {
            ShowClass(outputs["logits"].GetSpan<float>(), digit);
        }

        return inputs;
    }

    private void ShowClass(ReadOnlySpan<float> logits, int drawn)
    {
        int best = 0;
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - logits[best]);
        }

        _screen.Good($"The model reads a {best}, at {1 / sum:P1}; a {drawn} was drawn.");
    }

    private async Task ShowOverheadAsync(OmlModel model, OnnxRuntimeBackend bare, Publisher publisher, InferenceInputs inputs)
    {
        await using OmlSession session = await model.AuthorizeAsync(publisher.Permit());
        (double bareTime, double protectedTime, double ratio) = await Overhead.MeasureAsync(bare, session, inputs);
        Screen.Line($"the ONNX Runtime backend alone  {bareTime,10:F1} µs");
        Screen.Line($"with permission and fingerprint {protectedTime,10:F1} µs");
        string overhead = $"overhead {ratio - 1:P2}: the median of paired, interleaved runs of this build";
        if (ratio < 1.05)
        {
            _screen.Good(overhead);
        }
        else
        {
            Screen.Line($"{overhead}; more than 5 %: the model is small, or the machine is busy");
        }
    }

    private static string Preview(OutputTensor output)
    {
        if (output.ElementType != TensorElementType.Float32)
        {
            return string.Empty;
        }

        ReadOnlySpan<float> values = output.GetSpan<float>();
        IEnumerable<string> first = values[..Math.Min(5, values.Length)].ToArray().Select(value => value.ToString("G4"));
        return $" = {string.Join(", ", first)}{(values.Length > 5 ? ", …" : "")}";
    }
}
