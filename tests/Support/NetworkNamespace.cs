using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Culvert.Tests.Support.Interop;

namespace Culvert.Tests.Support;

/// <summary>
/// A network namespace of a test's own, with loopback up. Its name holds this process's id, so that tests of several processes do not
/// meet. It goes, with every process that was started in it through this object, when it is disposed, when the test process ends, or,
/// where that was killed, when the next test process makes a namespace. Needs root and <c>ip</c>: call <see cref="Requires.Root"/> first.
/// <code>
/// using var left = NetworkNamespace.Create();
/// using var right = NetworkNamespace.Create();
/// NetworkNamespace.Connect(left, "eth0", right, "eth0");
/// left.Run("ip addr add 192.0.2.1/24 dev eth0");
/// left.Invoke(() => new Socket(…));     // the socket stays in the namespace
/// </code>
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    private const string Prefix = "cvt-";
    private const string Folder = "/run/netns/";
    private static readonly TimeSpan _defaultLimit = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentDictionary<string, NetworkNamespace> _open = new();
    private static readonly Lazy<bool> _swept = new(SweepAndWatchExit);
    private static int _counter;

    private readonly ConcurrentBag<Process> _processes = [];
    private int _disposed;

    private NetworkNamespace(string name) => Name = name;

    /// <summary>The name, as <c>ip netns</c> lists it.</summary>
    public string Name { get; }

    /// <summary>The file that refers to the namespace.</summary>
    public string Path => Folder + Name;

    /// <summary>Makes a namespace and brings its loopback up.</summary>
    public static NetworkNamespace Create()
    {
        _ = _swept.Value;
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _counter)}");
        var space = new NetworkNamespace(name);
        Execute("ip", ["netns", "add", name], _defaultLimit).Succeeded();
        _open[name] = space;
        try
        {
            space.Run("ip link set lo up");
            return space;
        }
        catch
        {
            space.Dispose();
            throw;
        }
    }

    /// <summary>Joins two namespaces by a veth pair and brings both ends up; no addresses.</summary>
    /// <param name="left">One namespace.</param>
    /// <param name="leftDevice">The device's name there.</param>
    /// <param name="right">The other; may be the same.</param>
    /// <param name="rightDevice">The device's name there.</param>
    /// <param name="mtu">The MTU of both, in bytes.</param>
    public static void Connect(NetworkNamespace left, string leftDevice, NetworkNamespace right, string rightDevice, int mtu = 1500)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var size = mtu.ToString(CultureInfo.InvariantCulture);
        left.Run($"ip link add {leftDevice} mtu {size} type veth peer name {rightDevice} mtu {size} netns {right.Name}");
        left.Run($"ip link set {leftDevice} up");
        right.Run($"ip link set {rightDevice} up");
    }

    /// <summary>Runs a program inside, waits for its end and gives its standard output.</summary>
    /// <param name="command">Program and arguments, split at spaces; use <see cref="TryRun(TimeSpan, string, string[])"/> for others.</param>
    /// <param name="limit">The longest it may take; 60 s when left out.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    /// <exception cref="TimeoutException">It took longer and was ended.</exception>
    public string Run(string command, TimeSpan? limit = null) => TryRun(command, limit).Succeeded();

    /// <summary>As <see cref="Run"/>, for a program that may fail.</summary>
    public CommandResult TryRun(string command, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return TryRun(limit ?? _defaultLimit, words[0], words[1..]);
    }

    /// <summary>As <see cref="TryRun(string, TimeSpan?)"/>, with arguments that may hold spaces.</summary>
    public CommandResult TryRun(TimeSpan limit, string program, params string[] arguments) =>
        Execute("ip", ["netns", "exec", Name, program, .. arguments], limit);

    /// <summary>
    /// Starts a program inside and lets it run: it is ended with the namespace. Its id is the program's own. Its three streams are
    /// redirected; read them, or a program that says much stops.
    /// </summary>
    public Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(StartInfo("ip", ["netns", "exec", Name, program, .. arguments]))!;
        _processes.Add(process);
        return process;
    }

    /// <summary>
    /// Runs code inside, on a thread of its own that is gone afterwards: sockets and devices opened there stay in the namespace.
    /// </summary>
    /// <returns>What the code gave; what it throws is thrown here.</returns>
    public T Invoke<T>(Func<T> code)
    {
        ArgumentNullException.ThrowIfNull(code);
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                EnterOnThisThread();
                result = code();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        })
        {
            IsBackground = true,
            Name = Name,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    /// <inheritdoc cref="Invoke{T}"/>
    public void Invoke(Action code) => Invoke(() =>
    {
        code();
        return true;
    });

    /// <summary>As <see cref="Invoke{T}"/>, on a thread that has lost every capability: root in name only.</summary>
    public T InvokeWithoutRights<T>(Func<T> code) => Invoke(() =>
    {
        if (Capability.DropAllOnThisThread() != 0)
        {
            throw new IOException($"capset: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        return code();
    });

    /// <summary>Ends what was started inside and removes the namespace. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        foreach (var process in _processes)
        {
            End(process);
        }

        _open.TryRemove(Name, out _);
        Execute("ip", ["netns", "del", Name], _defaultLimit);
    }

    /// <summary>Moves the calling thread into the namespace for good: only for a thread that the caller made and that ends.</summary>
    public void EnterOnThisThread()
    {
        using var file = File.OpenHandle(Path);
        if (Sched.setns(file, Sched.CLONE_NEWNET) != 0)
        {
            throw new IOException($"setns({Path}): {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    private static CommandResult Execute(string program, string[] arguments, TimeSpan limit)
    {
        using var process = Process.Start(StartInfo(program, arguments))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var command = program + " " + string.Join(' ', arguments);
        if (!process.WaitForExit(limit))
        {
            End(process);
            throw new TimeoutException($"'{command}' took longer than {limit.TotalSeconds:0.#} s and was ended.");
        }

        return new CommandResult(command, process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    private static ProcessStartInfo StartInfo(string program, string[] arguments) => new(Requires.Find(program) ?? program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(_defaultLimit);
        }
        catch (InvalidOperationException)
        {
            // It had ended by itself and was collected.
        }

        process.Dispose();
    }

    private static bool SweepAndWatchExit()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (var space in _open.Values)
            {
                space.Dispose();
            }
        };
        if (!Directory.Exists(Folder))
        {
            return true;
        }

        foreach (var name in Directory.EnumerateFiles(Folder, Prefix + "*").Select(System.IO.Path.GetFileName))
        {
            var owner = name!.Split('-')[1];
            if (!Directory.Exists("/proc/" + owner))
            {
                Execute("ip", ["netns", "del", name], _defaultLimit);
            }
        }

        return true;
    }
}
