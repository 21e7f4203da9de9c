// The whole story in one run: a publisher permits, an application infers, misuse is refused, a leak is traced, overhead is measured.
// Nothing is downloaded and no server is needed. `--help` lists the options.
using System.Text;
using QuickStart;

Console.OutputEncoding = Encoding.UTF8;
try
{
    QuickStartOptions? options = QuickStartOptions.Parse(args);
    if (options is null)
    {
        Console.WriteLine(QuickStartOptions.Help);
        return 0;
    }

    return await new Story(options).TellAsync() ? 0 : 1;
}
catch (Oml.Sdk.Inference.InferenceException error)
{
    new Screen(color: false).Bad(error.Message);
    Console.Error.WriteLine("       Made-up inputs may not suit the model: give real ones with --input, or another length with --dim.");
    return 2;
}
catch (Exception error) when (error is ArgumentException or Oml.Sdk.OmlException or IOException or NotSupportedException)
{
    new Screen(color: false).Bad(error.Message);
    return 2;
}
