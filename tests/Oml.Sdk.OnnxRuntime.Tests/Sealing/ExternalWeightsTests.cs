using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;
using Oml.Sdk.Tests.Support;
using Oml.Sdk.Sealing.Onnx;
using Oml.Sdk.TestModels;
using ExternalFile = Oml.Sdk.Inference.ExternalDataFile;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

public sealed class ExternalWeightsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-external-");
    private GCHandle _weights;

    public void Dispose()
    {
        if (_weights.IsAllocated)
        {
            _weights.Free();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public void ONNX_Runtime_uses_weights_where_they_are()
    {
        byte[] model = TestModel.Mlp(64, 256, 3, 10);
        ModelSource source = InMemory(model);
        byte[] weights = (byte[])_weights.Target!;
        using SessionOptions plain = WithoutPrepacking();
        using InferenceSession reference = new(model, plain);

        using OpenSession open = SessionFactory.LoadInPlace(source, "CPUExecutionProvider", WithoutPrepacking)!;
        byte[] before = SessionRun.Outputs(open.Session)[0];
        weights.AsSpan().Clear();
        byte[] after = SessionRun.Outputs(open.Session)[0];

        before.Should().Equal(SessionRun.Outputs(reference)[0]);
        after.Should().NotEqual(before, "the session reads the very memory that it was given, and that memory was cleared");
    }

    [Fact]
    public void Weights_can_be_copied_from_files_in_memory_when_they_cannot_be_used_where_they_are()
    {
        byte[] model = TestModel.Mlp(64, 256, 3, 10);
        ModelSource source = InMemory(model);
        using SessionOptions plain = new();
        using InferenceSession reference = new(model, plain);

        using OpenSession open = SessionFactory.LoadCopied(source, "CPUExecutionProvider", () => new SessionOptions());

        SessionRun.Outputs(open.Session)[0].Should().Equal(SessionRun.Outputs(reference)[0]);
    }

    [Theory]
    [InlineData("magika/model.onnx")]
    [InlineData("super-resolution/model.onnx")]
    [InlineData("nnsplit/en.onnx")]
    [InlineData("tiny-gpt2/past.onnx")]
    public void A_real_model_gives_the_same_outputs_with_its_weights_in_memory(string file)
    {
        byte[] model = File.ReadAllBytes(TestData.Require(file.Split('/')));
        using SessionOptions plain = WithoutPrepacking();
        using InferenceSession reference = new(model, plain);

        using OpenSession open = SessionFactory.Open(InMemory(model), new OnnxRuntimeOptions(), NullLogger.Instance);

        SessionRun.Outputs(open.Session).Should().BeEquivalentTo(SessionRun.Outputs(reference), options => options.WithStrictOrdering());
    }

    [Fact]
    public void Nothing_is_left_of_the_files_that_a_session_asks_for_and_who_touches_them_is_seen()
    {
        ModelSource source = InMemory(TestModel.Mlp(64, 256, 3, 10));
        string folder;
        using (DecoyFiles decoys = DecoyFiles.Create(source))
        {
            folder = decoys.Folder;
            string file = Path.Combine(folder, ExternalModel.Weights);
            new FileInfo(file).Length.Should().Be(0);
            decoys.WereTouched.Should().BeFalse();
            if (OperatingSystem.IsLinux())
            {
                File.GetUnixFileMode(folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                File.OpenRead(file).Dispose();
                decoys.WereTouched.Should().BeTrue();
            }
        }

        Directory.Exists(folder).Should().BeFalse();
        foreach (Action<string> attack in (Action<string>[])[
            file => File.WriteAllBytes(file, new byte[10]),
            file => File.Move(file, file + "2"),
            file => File.Delete(file),
            file => Directory.Move(Path.GetDirectoryName(file)!, Path.GetDirectoryName(file) + "-moved")])
        {
            using DecoyFiles decoys = DecoyFiles.Create(source);
            attack(Path.Combine(decoys.Folder, ExternalModel.Weights));
            decoys.WereTouched.Should().BeTrue();
            if (Directory.Exists(decoys.Folder + "-moved"))
            {
                Directory.Delete(decoys.Folder + "-moved", recursive: true);
            }
        }
    }

    [Fact]
    public void Listing_the_folders_is_not_taken_for_an_attack_but_opening_a_file_is_also_in_a_folder_within()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says who opens what.");
        _weights = GCHandle.Alloc(new byte[8], GCHandleType.Pinned);
        ExternalInitializer[] weights = [.. new[] { "w.bin", "deep/er/w.bin" }.Select(location => new ExternalInitializer(
            location, 1, [2], new ExternalFile(location, _weights.AddrOfPinnedObject(), 8), 0, 8))];
        ModelSource source = ModelSource.FromMemory("model", new byte[1], weights);
        foreach (string location in (string[])["w.bin", "deep/er/w.bin"])
        {
            using DecoyFiles decoys = DecoyFiles.Create(source);
            for (int i = 0; i < 200; i++)
            {
                Directory.GetFileSystemEntries(decoys.Folder, "*", SearchOption.AllDirectories).Should().HaveCount(4);
            }

            decoys.WereTouched.Should().BeFalse();
            File.OpenRead(Path.Combine(decoys.Folder, location)).Dispose();
            Directory.GetFileSystemEntries(decoys.Folder);
            decoys.WereTouched.Should().BeTrue();
            decoys.WereTouched.Should().BeTrue("what was seen is not forgotten");
        }
    }

    [Fact]
    public void A_refusal_of_ONNX_Runtime_to_take_files_from_memory_says_why()
    {
        ModelSource source = InMemory(TestModel.Mlp(64, 256, 3, 10));
        using SessionOptions options = new();
        FilesInMemory.AddTo(options, source);

        // A file that was given before is refused.
        FluentActions.Invoking(() => FilesInMemory.AddTo(options, source)).Should().Throw<ModelLoadException>()
            .WithMessage($"*It said: *{ExternalModel.Weights}*");
    }

    private static SessionOptions WithoutPrepacking()
    {
        SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        return options;
    }

    private ModelSource InMemory(byte[] model)
    {
        string path = ExternalModel.Write(_folder.FullName, model);
        OnnxModelScan scan = OnnxModelScanner.Scan(File.ReadAllBytes(path));
        byte[] weights = File.ReadAllBytes(Path.Combine(_folder.FullName, ExternalModel.Weights));
        _weights = GCHandle.Alloc(weights, GCHandleType.Pinned);
        ExternalFile file = new(ExternalModel.Weights, _weights.AddrOfPinnedObject(), weights.Length);
        return ModelSource.FromMemory("model", scan.Model, scan.ExternalTensors.Select(tensor =>
            new ExternalInitializer(tensor.Name, tensor.ElementType, tensor.Dims, file, tensor.Offset, tensor.Length)));
    }
}
