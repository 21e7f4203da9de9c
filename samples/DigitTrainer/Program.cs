// Makes samples/QuickStart/digits.onnx, the model that the quick start protects and runs: a small convolutional network
// for digits of 28 × 28 pixels. Nothing is downloaded. The pictures are drawn by the quick start's own renderer, the
// network is trained here in plain C#, and the ONNX file is written field by field.
//
// Every number on the way is made by operations that IEEE 754 defines exactly, one after another on one thread, so the
// same seed gives the same file, byte for byte, on every run.
//
//   dotnet run -c Release --project samples/DigitTrainer                  trains and writes the file
//   dotnet run -c Release --project samples/DigitTrainer -- --check      trains and compares with the file
//   options: --seed <number>  --epochs <number>  --output <path>

using System.Diagnostics;
using DigitTrainer;

if (!TrainerOptions.TryParse(args, out TrainerOptions options, out string problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

Stopwatch watch = Stopwatch.StartNew();
Network network = Network.Create(options.Seed);
Trainer trainer = new(network, options.Seed, options.Epochs);
for (int epoch = 1; epoch <= options.Epochs; epoch++)
{
    double loss = trainer.TrainEpoch();
    Console.WriteLine($"epoch {epoch,2} of {options.Epochs}: mean loss {loss:F4}, {watch.Elapsed.TotalSeconds:F0} s");
}

// The test digits come from another seed, and training never saw them.
Accuracy accuracy = Accuracy.Measure(network, DigitSet.Render(TrainerOptions.TestSeed, TrainerOptions.TestDigits));
Console.WriteLine($"correct on unseen digits: {accuracy} = {accuracy.Share:P2}");

byte[] model = OnnxExport.ToModel(network, options, accuracy);
if (!options.Check)
{
    File.WriteAllBytes(options.Output, model);
    Console.WriteLine($"wrote {options.Output}, {model.Length:N0} bytes");
    return 0;
}

bool same = File.Exists(options.Output) && File.ReadAllBytes(options.Output).AsSpan().SequenceEqual(model);
Console.WriteLine(same ? $"{options.Output} is what this program makes" : $"{options.Output} DIFFERS from what this program makes");
return same ? 0 : 1;
