using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>One end of a tunnel in a network namespace of its own: a program, its TUN device, its keys in a folder.</summary>
internal abstract class Site : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static int _counter;

    private readonly StringBuilder _log = new();
    private Process? _process;

    protected Site(NetworkNamespace space, bool ownsSpace = false)
    {
        Space = space;
        OwnsSpace = ownsSpace;
        // Device names are seen by all namespaces as sockets under /var/run/wireguard: no two tests may share one.
        Device = string.Create(CultureInfo.InvariantCulture, $"cw{Environment.ProcessId % 100_000}x{Interlocked.Increment(ref _counter)}");
        Folder = Directory.CreateTempSubdirectory("culvert-wg-").FullName;
        var key = RandomNumberGenerator.GetBytes(X25519Key.Size);
        using var imported = X25519Key.Import(key);
        WriteSecret("private.key", Convert.ToBase64String(key));
        PublicKey = Convert.ToBase64String(imported.PublicKey);
    }

    public NetworkNamespace Space { get; }

    public string Device { get; }

    public string PublicKey { get; }

    /// <summary>What the program said so far.</summary>
    public string Log
    {
        get { lock (_log) { return _log.ToString(); } }
    }

    protected bool OwnsSpace { get; }

    protected string Folder { get; }

    /// <summary>The program's own process.</summary>
    public Process Process => _process ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Starts the program and waits until its device can be asked with <c>wg</c>.</summary>
    public abstract void Start();

    /// <summary>Asks the program to end, and waits.</summary>
    public void Stop()
    {
        if (_process is { HasExited: false } process)
        {
            Space.Run($"kill -TERM {process.Id}");
            if (!process.WaitForExit(StartLimit))
            {
                process.Kill();
                throw new TimeoutException($"{Device} did not end after SIGTERM:\n{Log}");
            }
        }

        _process = null;
    }

    /// <summary>Pings until an answer comes.</summary>
    public void PingUntilAnswered(string address, int seconds = 15)
    {
        var limit = Stopwatch.StartNew();
        while (Space.TryRun($"ping -c 1 -W 1 {address}").ExitCode != 0)
        {
            if (limit.Elapsed.TotalSeconds > seconds)
            {
                throw new TimeoutException($"{address} does not answer {Device} within {seconds} s.\n{Log}\n{Show()}");
            }
        }
    }

    /// <summary>What <c>wg show</c> says, its argument given.</summary>
    public string Show(string what = "") => Space.TryRun($"wg show {Device} {what}").Output;

    /// <summary>When the last handshake with a peer was, in seconds since 1970.</summary>
    public long LatestHandshake(string publicKey) => long.Parse(
        Show("latest-handshakes").Split('\n').Single(line => line.StartsWith(publicKey, StringComparison.Ordinal)).Split('\t')[1],
        CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Stop();
        Directory.Delete(Folder, recursive: true);
        if (OwnsSpace)
        {
            Space.Dispose();
        }
    }

    protected string WriteSecret(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        using (var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(Encoding.ASCII.GetBytes(content + "\n"));
        }

        return path;
    }

    protected void Launch(string program, params string[] arguments)
    {
        _process = Space.Start(program, arguments);
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var limit = Stopwatch.StartNew();
        while (!File.Exists($"/var/run/wireguard/{Device}.sock"))
        {
            if (_process.HasExited || limit.Elapsed > StartLimit)
            {
                throw new InvalidOperationException($"{program} does not start:\n{Log}");
            }

            Thread.Sleep(50);
        }
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                _log.AppendLine(line);
            }
        }
    }
}
