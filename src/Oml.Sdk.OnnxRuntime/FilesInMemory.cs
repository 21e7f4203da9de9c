using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>The other way to give weights in memory to a session: whole files, which ONNX Runtime copies from.</summary>
/// <remarks>
/// <c>AddExternalInitializersFromFilesInMemory</c> of the C interface (since 1.18) is not in the managed one. It needs twice the
/// memory, also beside <see cref="ExternalWeights"/>, so it is what remains where <see cref="DecoyFiles"/> do not do.
/// </remarks>
internal static unsafe partial class FilesInMemory
{
    // The C interface is a table of functions that only grows: version 18 is the first that has this one, at this place.
    private const int Slot = 279;
    private const int GetErrorMessage = 2;
    private const int ReleaseStatus = 93;
    private const uint ApiVersion = 18;

    /// <exception cref="ModelLoadException">ONNX Runtime refuses, or is too old.</exception>
    public static void AddTo(SessionOptions options, ModelSource source)
    {
        ExternalDataFile[] files = [.. source.ExternalInitializers.Select(weight => weight.File).DistinctBy(file => file.Location)];
        ApiBase* found = GetApiBase();
        void** api = (void**)found->GetApi(ApiVersion);
        if (api is null)
        {
            throw new ModelLoadException(source.Name, "This ONNX Runtime is too old to take external data from memory; 1.18 is needed.");
        }

        GCHandle[] names = [.. files.Select(file => GCHandle.Alloc(NativeName(file.Location), GCHandleType.Pinned))];
        try
        {
            nint[] namePointers = [.. names.Select(name => name.AddrOfPinnedObject())];
            nint[] buffers = [.. files.Select(file => file.Address)];
            nuint[] lengths = [.. files.Select(file => (nuint)file.Length)];
            fixed (nint* namesAt = namePointers)
            fixed (nint* buffersAt = buffers)
            fixed (nuint* lengthsAt = lengths)
            {
                nint status = ((delegate* unmanaged[Cdecl]<nint, nint*, nint*, nuint*, nuint, nint>)api[Slot])(
                    options.DangerousGetHandle(), namesAt, buffersAt, lengthsAt, (nuint)files.Length);
                if (status != 0)
                {
                    throw new ModelLoadException(
                        source.Name, $"ONNX Runtime does not take the external data of '{source.Name}' from memory. It said: {Take(api, status)}");
                }
            }
        }
        finally
        {
            foreach (GCHandle name in names)
            {
                name.Free();
            }

            GC.KeepAlive(options);
        }
    }

    // The text belongs to the status, which is ours to give back.
    private static string Take(void** api, nint status)
    {
        try
        {
            return Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<nint, byte*>)api[GetErrorMessage])(status)) ?? "nothing";
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)api[ReleaseStatus])(status);
        }
    }

    // ORTCHAR_T is UTF-16 on Windows and bytes elsewhere.
    private static byte[] NativeName(string location) =>
        OperatingSystem.IsWindows() ? Encoding.Unicode.GetBytes(location + '\0') : Encoding.UTF8.GetBytes(location + '\0');

    [LibraryImport("onnxruntime", EntryPoint = "OrtGetApiBase")]
    [UnmanagedCallConv(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static partial ApiBase* GetApiBase();

    [StructLayout(LayoutKind.Sequential)]
    private struct ApiBase
    {
        public delegate* unmanaged[Cdecl]<uint, void*> GetApi;
        public delegate* unmanaged[Cdecl]<byte*> GetVersionString;
    }
}
