using System.Globalization;
using System.IO.Pipes;
using System.Runtime.Versioning;
using Culvert.Endpoints;
using Culvert.Engine.Running;

namespace Engine.Tests.Running;

/// <summary>Waiting with and without asking first: what it tells is the same.</summary>
[SupportedOSPlatform("linux")]
public sealed class BusyPollTests : IDisposable
{
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out);
    private readonly PollWait _wait;

    public BusyPollTests()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("poll(2) and eventfd(2) are Linux's.");
        }

        _wait = new PollWait((int)_pipe.ClientSafePipeHandle.DangerousGetHandle());
    }

    public static TheoryData<int> Microseconds => [0, 50, 1_000];

    [Theory]
    [MemberData(nameof(Microseconds))]
    public void A_pending_event_is_returned_at_once(int most)
    {
        var busy = new BusyPoll(_wait, TimeSpan.FromMicroseconds(most));
        _pipe.WriteByte(1);
        Assert.Equal(new PollResult(1, Woken: false), busy.Wait(carried: 1));
        _wait.Wake();
        Assert.Equal(new PollResult(1, Woken: true), busy.Wait(carried: 1));
    }

    [Theory]
    [MemberData(nameof(Microseconds))]
    public void A_later_wake_ends_the_wait(int most)
    {
        var busy = new BusyPoll(_wait, TimeSpan.FromMicroseconds(most));
        for (var round = 0; round < 20; round++)
        {
            // Alternately before and after the poll ends.
            var result = default(PollResult);
            var waiter = new Thread(() => result = busy.Wait(carried: 1));
            waiter.Start();
            Thread.Sleep(round % 4);
            _wait.Wake();
            Assert.True(waiter.Join(Rig.Patience));
            Assert.Equal(new PollResult(0, Woken: true), result);
        }
    }

    [Fact]
    public void With_nothing_to_do_it_sleeps()
    {
        var busy = new BusyPoll(_wait, TimeSpan.FromMilliseconds(1));
        var number = 0;
        var waiter = new Thread(() =>
        {
            Volatile.Write(ref number, int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(' ')[0], CultureInfo.InvariantCulture));
            busy.Wait(carried: 1);
        });
        waiter.Start();
        var slept = SpinWait.SpinUntil(() => Volatile.Read(ref number) is var known and not 0 && IsAsleep(known), Rig.Patience);
        _wait.Wake();
        Assert.True(waiter.Join(Rig.Patience));
        Assert.True(slept, "it went on asking");
    }

    public void Dispose()
    {
        _wait?.Dispose();
        _pipe.Dispose();
    }

    // proc(5), stat: number, name in brackets, state, of which S is sleeping. The thread cannot end meanwhile: nothing wakes it.
    private static bool IsAsleep(int thread)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/stat"));
        return stat[stat.LastIndexOf(')') + 2] == 'S';
    }
}
