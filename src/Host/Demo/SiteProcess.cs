using System.Diagnostics;
using System.Net.Sockets;
using System.Net;
using System.Text;
using Culvert.Host.Demo.Interop;

namespace Culvert.Host.Demo;

/// <summary>One site: a <c>culvert run</c> in a process of its own, inside a network namespace.</summary>
internal sealed class SiteProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly NetworkNamespace _space;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _log = new();

    private SiteProcess(string name, NetworkNamespace space, Process process)
    {
        (Name, _space, _process) = (name, space, process);
        Collect(_output, handler => process.OutputDataReceived += handler);
        Collect(_log, handler => process.ErrorDataReceived += handler);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    /// <summary>What it wrote to standard output so far.</summary>
    public string Output => Text(_output);

    /// <summary>What it wrote to standard error so far: its log.</summary>
    public string Log => Text(_log);

    /// <summary>Starts the pipeline in a file.</summary>
    public static SiteProcess Start(string name, NetworkNamespace space, string file) =>
        new(name, space, space.Start(HostProgram.StartInfo("run", file)));

    /// <summary>Waits until the site's tunnel device is up and the way to an address leads through it.</summary>
    /// <param name="local">The tunnel device's address.</param>
    /// <param name="remote">An address behind the tunnel.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="DemoException">The site ended, or the time did.</exception>
    public async Task WaitUntilUpAsync(IPAddress local, IPAddress remote, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        while (!_space.Run(() => local.Equals(SourceTowards(remote))))
        {
            ThrowIfEnded();
            if (Stopwatch.GetElapsedTime(began) > _startLimit)
            {
                throw Failed($"made no way to {remote} within {_startLimit.TotalSeconds:0} s");
            }

            await Task.Delay(_pause, cancel);
        }
    }

    /// <summary>The failure of this site, with what it logged last.</summary>
    public DemoException Failed(string what) => new($"{Name}'s culvert {what}{Environment.NewLine}{Log}");

    /// <exception cref="DemoException">The site ended by itself.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            _process.WaitForExit();
            throw Failed($"ended by itself with exit code {_process.ExitCode}");
        }
    }

    /// <summary>Asks it to end, as <c>kill</c> does, and waits until it has.</summary>
    /// <exception cref="DemoException">It did not, or not with exit code 0.</exception>
    public async Task StopAsync(CancellationToken cancel)
    {
        ThrowIfEnded();
        _ = Signal.kill(_process.Id, Signal.SIGTERM);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_stopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failed($"did not end within {_stopLimit.TotalSeconds:0} s of SIGTERM");
        }

        if (_process.ExitCode != ExitCodes.Success)
        {
            throw Failed($"ended with exit code {_process.ExitCode} on SIGTERM");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>Which address the kernel would send from; null when there is no way. Nothing is sent.</summary>
    private static IPAddress? SourceTowards(IPAddress remote)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(remote, 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static void Collect(StringBuilder into, Action<DataReceivedEventHandler> subscribe) => subscribe((_, line) =>
    {
        if (line.Data is not null)
        {
            lock (into)
            {
                into.AppendLine(line.Data);
            }
        }
    });

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
