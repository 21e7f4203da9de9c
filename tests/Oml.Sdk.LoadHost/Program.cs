// What tests watch from outside while it opens a sealed model: a process of its own, since everything that it writes counts.
using Oml.Sdk.LoadHost;

return args switch
{
    ["load", string folder] => await LoadOnce.RunAsync(folder),
    ["leak", string how, string source, string target] => Leak.Run(how, source, target),
    _ => 2,
};
