using Culvert.Engine.Guarding;
using Engine.Tests.Running;

namespace Engine.Tests.Guarding;

/// <summary>The threads of guarded work. Other tests guard work meanwhile, and may take a thread that rests.</summary>
public sealed class GuardThreadTests
{
    [Fact]
    public void Threads_are_used_again()
    {
        HashSet<int> threads = [];
        for (var i = 0; i < 100; i++)
        {
            using var ended = new ManualResetEventSlim();
            GuardThread.Run(() => threads.Add(Environment.CurrentManagedThreadId), ended);
            Assert.True(ended.Wait(Rig.Patience));
        }

        Assert.InRange(threads.Count, 1, 99);
    }

    [Fact]
    public void Work_that_does_not_return_keeps_its_thread()
    {
        using var release = new ManualResetEventSlim();
        using var late = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        GuardThread.Run(release.Wait, late);
        GuardThread.Run(static () => { }, ended);
        Assert.True(ended.Wait(Rig.Patience));
        Assert.False(late.IsSet);
        release.Set();
        Assert.True(late.Wait(Rig.Patience));
    }
}
