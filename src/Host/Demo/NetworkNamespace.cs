using System.Diagnostics;
using System.Runtime.InteropServices;
using Culvert.Host.Demo.Interop;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Host.Demo;

/// <summary>
/// A network namespace without a name: nothing of it is in the file system, and it goes with the last process, socket or handle in it.
/// Sockets that are made and processes that are started inside stay inside. Thread-safe.
/// </summary>
internal sealed class NetworkNamespace(string name, SafeFileHandle handle) : IDisposable
{
    /// <summary>A path under which <c>ip link … netns PATH</c> finds it, as long as this object lives.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}";

    /// <summary>Creates a namespace with its loopback device up.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static NetworkNamespace Create(string name)
    {
        var made = new NetworkNamespace(name, OnThreadOfItsOwn(() =>
        {
            Check(Sched.unshare(Sched.CLONE_NEWNET), "unshare");
            return File.OpenHandle("/proc/thread-self/ns/net", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }));
        made.Ip("link set lo up");
        return made;
    }

    /// <summary>Runs code inside and waits for it. It runs on a thread of its own, which ends: no other code is moved by it.</summary>
    public T Run<T>(Func<T> code) => OnThreadOfItsOwn(() =>
    {
        Check(Sched.setns(handle, Sched.CLONE_NEWNET), "setns");
        return code();
    });

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action code) => Run(() =>
    {
        code();
        return true;
    });

    /// <summary>Runs <c>ip</c> commands inside, in one process.</summary>
    /// <param name="commands">Without the leading <c>ip</c>.</param>
    /// <exception cref="IOException">One failed; the message is what <c>ip</c> said.</exception>
    public void Ip(params string[] commands)
    {
        using var ip = Run(() => Process.Start(
            new ProcessStartInfo("ip", ["-batch", "-"]) { RedirectStandardInput = true, RedirectStandardError = true })!);
        ip.StandardInput.Write(string.Join('\n', commands) + '\n');
        ip.StandardInput.Close();
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0)
        {
            throw new IOException($"ip, in the namespace of {name}: {error.Trim()}");
        }
    }

    public void Dispose() => handle.Dispose();

    private static T OnThreadOfItsOwn<T>(Func<T> code)
    {
        var task = new Task<T>(code);
        var thread = new Thread(task.RunSynchronously);
        thread.Start();
        thread.Join();
        return task.GetAwaiter().GetResult();
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }
}
