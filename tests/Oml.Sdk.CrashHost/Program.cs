// What tests kill while it works: a process of its own, since what is tested is what its end leaves behind.
using Oml.Sdk.CrashHost;

return args switch
{
    ["seal", string graph, string target, string publisher] => await SealForEver.RunAsync(graph, target, publisher),
    ["receipts", string folder, string host] => await ReceiptsForEver.RunAsync(folder, host),
    _ => 2,
};
