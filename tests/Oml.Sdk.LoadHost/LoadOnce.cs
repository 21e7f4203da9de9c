using System.Globalization;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.LoadHost;

/// <summary>Opens a sealed model with a permission, runs it once, closes it, and says what came out and how much the process wrote.</summary>
internal static class LoadOnce
{
    public static async Task<int> RunAsync(string folder)
    {
        string publisher = await File.ReadAllTextAsync(Path.Combine(folder, "publisher.pem"));
        byte[] permission = await File.ReadAllBytesAsync(Path.Combine(folder, "permission.cwt"));
        using LicenseeKey licensee = await LicenseeKey.LoadAsync(Path.Combine(folder, "licensee.pem"), "password".AsMemory());
        string before = ProcessIo.Read();
        float[] outputs;
        await using (OmlModel model = await OmlModel.CreateBuilder()
            .UseOnnxRuntime()
            .TrustIssuer(IssuerPublicKey.ImportFromPem(publisher))
            .UseSealedModel(Path.Combine(folder, "model.oml"), licensee)
            .BuildAsync())
        {
            await using OmlSession session = await model.AuthorizeAsync(permission);
            InferenceInputs inputs = new();
            foreach (TensorInfo input in model.Signature.Inputs)
            {
                int length = (int)input.Shape[^1];
                inputs.Add(input.Name, Enumerable.Range(0, length).Select(i => i / (float)length).ToArray(), 1, length);
            }

            using InferenceOutputs results = await session.InferAsync(inputs);
            outputs = results[0].GetSpan<float>().ToArray();
        }

        string after = ProcessIo.Read();
        Console.WriteLine($"before {before}");
        Console.WriteLine($"after {after}");
        Console.WriteLine($"outputs {string.Join(' ', outputs.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}");
        return 0;
    }
}
