using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TroublePlugin;

/// <summary>
/// The one member that misbehaves now, and how: <c>Shape=hang</c>. Tests in the same process set it by <see cref="AppContext"/>, others by the
/// environment. What hangs returns when the trouble is another.
/// </summary>
internal static class Trouble
{
    private const string Name = "CULVERT_TROUBLE";

    private static readonly List<object> _kept = [];
    private static int _calls;

    private static string? Now => AppContext.GetData(Name) as string ?? Environment.GetEnvironmentVariable(Name);

    /// <summary>Whether the member answers nonsense; for those that answer with a text.</summary>
    public static bool IsNonsenseAt(string member)
    {
        if (Now == $"{member}=nonsense")
        {
            return true;
        }

        At(member);
        return false;
    }

    public static void At(string member)
    {
        if (Now is not { } now || now[..Math.Max(0, now.IndexOf('='))] != member)
        {
            return;
        }

        switch (now[(member.Length + 1)..])
        {
            case "throw":
                throw new InvalidOperationException($"Trouble at {member}.");
            case "foul":
                throw new FoulException();
            case "hang":
                Wait(now);
                break;
            case "hang-later":
                if (Interlocked.Increment(ref _calls) > 1)
                {
                    Wait(now);
                }

                break;
            case "leak":
                Leak(now);
                break;
            case "exit":
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Wait(now);
                break;
            case "starve":
                for (var i = 0; i < 500; i++)
                {
                    ThreadPool.QueueUserWorkItem(_ => Wait(now));
                }

                break;
            case "task":
                Task.Run(static () => throw new InvalidOperationException("Trouble in a task."));
                break;
            case "thread":
                new Thread(static () => throw new InvalidOperationException("Trouble in a thread.")).Start();
                Wait(now);
                break;
            case "async-void":
                FailLater();
                Wait(now);
                break;
            case "finalizer":
                Forget();
                GC.Collect();
                Wait(now);
                break;
            default:
                throw new ArgumentException($"'{now}' is no trouble.");
        }
    }

    private static void Wait(string trouble)
    {
        while (Now == trouble)
        {
            Thread.Sleep(5);
        }
    }

    // A thread that goes on, an object that stays and a handler that the program would have to call.
    private static void Leak(string trouble)
    {
        new Thread(() => Wait(trouble)) { IsBackground = true, Name = "trouble-leak" }.Start();
        lock (_kept)
        {
            _kept.Add(new byte[1000]);
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => _kept.Clear();
    }

    [SuppressMessage("Usage", "VSTHRD100", Justification = "The trouble itself.")]
    private static async void FailLater()
    {
        await Task.Yield();
        throw new InvalidOperationException("Trouble in an async void method.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => _ = new Finalized();

    private sealed class Finalized
    {
        ~Finalized() => throw new InvalidOperationException("Trouble in a finalizer.");
    }

    /// <summary>Even what it says throws.</summary>
    private sealed class FoulException : Exception
    {
        public override string Message => throw new InvalidOperationException("No message.");

        public override string ToString() => throw new InvalidOperationException("No text.");
    }
}
