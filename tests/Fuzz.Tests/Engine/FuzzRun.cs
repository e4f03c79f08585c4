using System.Diagnostics;
using System.Globalization;

namespace Fuzz.Tests.Engine;

/// <summary>
/// Runs a target with its seeds, with what is saved, and then for a while with mutations of what reached something new. The first fault ends
/// it. One thread; <see cref="RunsSince"/> is read by another.
/// </summary>
internal sealed class FuzzRun : IDisposable
{
    private const int ShrinkTries = 2000;

    private readonly string _name;
    private readonly LoadedTarget _target;
    private readonly SavedInputs _saved;
    private readonly CurrentInput _current;
    private readonly Coverage _coverage = Coverage.Shared;
    private readonly Random _random;
    private readonly List<byte[]> _kept = [];
    private long _runsSince;
    private byte[] _running = [];

    public FuzzRun(string name, Random random)
    {
        (_name, _random) = (name, random);
        _target = LoadedTarget.Open(name);
        _saved = new SavedInputs(name);
        _current = new CurrentInput(name, _target.MaxLength);
        _coverage.Forget();
    }

    /// <summary>The number of inputs that ran.</summary>
    public long Executions { get; private set; }

    /// <summary>The fault that ended the run; null when there was none.</summary>
    public string? Fault { get; private set; }

    /// <summary>For how long the current input has been running.</summary>
    public TimeSpan RunsSince => Volatile.Read(ref _runsSince) is > 0 and var since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>What the run did, for the log.</summary>
    public string Report(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_name}: {Executions} executions in {time.TotalSeconds:0.0} s, {Executions / time.TotalSeconds:0} a second; {_coverage.Count} edges, {_kept.Count} inputs kept");

    /// <summary>Saves the input that is running: it does not return.</summary>
    public string SaveRunning() => _saved.Save(_running);

    /// <summary>Runs seeds and saved inputs, then mutations until the time is over.</summary>
    public void Run(TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var mutator = new Mutator(_random, _target.Words, _target.MaxLength);
        if (!Start())
        {
            return;
        }

        while (Stopwatch.GetTimestamp() < end)
        {
            // What came last is where new things are found.
            var recent = Math.Min(_kept.Count, 16);
            var at = _random.Next(2) == 0 ? _random.Next(_kept.Count) : _kept.Count - 1 - _random.Next(recent);
            var input = mutator.Mutate(_kept[at], _kept[_random.Next(_kept.Count)]);
            if (!Try(input, out var isNew))
            {
                return;
            }

            if (isNew)
            {
                _kept.Add(input);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current.Dispose();
        _target.Dispose();
    }

    private bool Start()
    {
        foreach (var input in _current.Left.Concat(_target.Seeds).Concat(_saved.All).Where(input => input.Length <= _target.MaxLength))
        {
            if (!Try(input, out _))
            {
                return false;
            }

            _kept.Add(input);
        }

        return true;
    }

    private bool Try(byte[] input, out bool isNew)
    {
        var error = Execute(input);
        isNew = _coverage.Add();
        if (error is null)
        {
            return true;
        }

        var file = _saved.Save(Shrink(input, error));
        Fault = $"""
            {_name}: {error.GetType().Name}: {error.Message}
            The input is saved as {file}, and every later run tries it early. Alone, without mutations:
              CULVERT_FUZZ_TARGETS={_name} CULVERT_FUZZ_SECONDS=0 dotnet test --project tests/Fuzz.Tests
            {error}
            """;
        return false;
    }

    private Exception? Execute(byte[] input)
    {
        Executions++;
        _running = input;
        _current.Begin(input);
        Volatile.Write(ref _runsSince, Stopwatch.GetTimestamp());
        _coverage.Begin();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            _target.Run(input);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            return allocated > _target.MaxAllocated ? new InvalidOperationException($"an input of {input.Length} bytes allocates {allocated >> 20} MiB") : null;
        }
        catch (Exception error)
        {
            return error;
        }
        finally
        {
            Volatile.Write(ref _runsSince, 0);
            _current.End();
        }
    }

    /// <summary>Leaves out what the same fault does not need.</summary>
    private byte[] Shrink(byte[] input, Exception error)
    {
        var tries = 0;
        for (var piece = input.Length / 2; piece > 0; piece /= 2)
        {
            for (var at = 0; at + piece <= input.Length && tries < ShrinkTries; tries++)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(at + piece)];
                if (Execute(shorter) is { } other && IsSame(error, other))
                {
                    input = shorter;
                }
                else
                {
                    at += piece;
                }
            }
        }

        return input;
    }

    private static bool IsSame(Exception one, Exception other) => one.GetType() == other.GetType() && Place(one) == Place(other);

    private static string? Place(Exception error) => error.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Culvert", StringComparison.Ordinal));
}
