using System.Diagnostics;

namespace Oml.Sdk.Tests.Support;

/// <summary>File systems that a test mounts, and takes away when it ends. Only root may, and not in every container.</summary>
internal static class Mounts
{
    /// <summary>Mounts, or skips the test where that cannot be done.</summary>
    /// <returns>What takes the mount away.</returns>
    public static IDisposable MountOrSkip(string path, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root may mount a disk for this test, on Linux.");
        string? error = Run("mount", [.. arguments, path]);
        Assert.SkipUnless(error is null, $"No disk can be mounted for this test here: {error}");
        return new Mount(path);
    }

    /// <summary>Makes a file or a folder read-only for this user, or skips the test where that cannot be done.</summary>
    /// <returns>What makes it writable again.</returns>
    public static IDisposable MakeReadOnlyOrSkip(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A folder of Windows cannot be made read-only.");
        if (!Environment.IsPrivilegedProcess)
        {
            return new Mode(path);
        }

        // Root may write whatever its mode says, but not where a file system says no.
        IDisposable mount = MountOrSkip(path, "--bind", path);
        string? error = Run("mount", ["-o", "remount,bind,ro", path]);
        if (error is not null)
        {
            mount.Dispose();
            Assert.Skip($"Nothing can be mounted read-only here: {error}");
        }

        return mount;
    }

    /// <summary>Changes a mount.</summary>
    public static void Remount(string path, string options)
    {
        if (Run("mount", "-o", $"remount,{options}", path) is { } error)
        {
            throw new InvalidOperationException(error);
        }
    }

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program} says: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }

    private sealed class Mount : IDisposable
    {
        private readonly string _path;
        private bool _isGone;

        public Mount(string path)
        {
            _path = path;
            AppDomain.CurrentDomain.ProcessExit += OnExit;
        }

        public void Dispose()
        {
            // Lazily: a process that was killed a moment ago may still be leaving it.
            AppDomain.CurrentDomain.ProcessExit -= OnExit;
            _ = _isGone ? null : Run("umount", "--lazy", _path);
            _isGone = true;
        }

        private void OnExit(object? sender, EventArgs e) => Dispose();
    }

    private sealed class Mode : IDisposable
    {
        private const UnixFileMode Write = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

        private readonly string _path;
        private readonly UnixFileMode _before;

        public Mode(string path)
        {
            _path = path;
            if (!OperatingSystem.IsWindows())
            {
                _before = File.GetUnixFileMode(path);
                File.SetUnixFileMode(path, _before & ~Write);
            }
        }

        public void Dispose()
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_path, _before);
            }
        }
    }
}
