using Oml.Sdk.Benchmarks;

if (args is ["kernels"])
{
    return KernelComparison.Run();
}

Console.Error.WriteLine("Usage: Oml.Sdk.Benchmarks kernels");
return 2;
