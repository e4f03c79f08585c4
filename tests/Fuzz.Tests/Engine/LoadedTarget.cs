using System.Text;

namespace Fuzz.Tests.Engine;

/// <summary>A target that calls instrumented code, as types of the base library.</summary>
/// <param name="Run">Takes one input.</param>
/// <param name="Seeds">Its seeds.</param>
/// <param name="Words">Its words.</param>
/// <param name="MaxLength">The longest input in bytes.</param>
/// <param name="MaxAllocated">The most that one input may allocate, in bytes.</param>
/// <param name="Close">Disposes it.</param>
internal sealed record LoadedTarget(
    Action<byte[]> Run, IReadOnlyList<byte[]> Seeds, IReadOnlyList<byte[]> Words, int MaxLength, int MaxAllocated, Action Close) : IDisposable
{
    /// <summary>Makes a target in the instrumented copy of this assembly.</summary>
    public static LoadedTarget Open(string name)
    {
        var own = InstrumentedCode.Targets.GetType(typeof(LoadedTarget).FullName!, throwOnError: true)!;
        var parts = (object[])own.GetMethod(nameof(Parts))!.Invoke(null, [name])!;
        return new LoadedTarget(
            (Action<byte[]>)parts[0], (byte[][])parts[1], (byte[][])parts[2], (int)parts[3], (int)parts[4], (Action)parts[5]);
    }

    /// <summary>A target's parts. Called in the instrumented copy.</summary>
    public static object[] Parts(string name)
    {
        var target = Targets.AllTargets.Open(name);
        return
        [
            new Action<byte[]>(target.Run), target.Seeds.ToArray(), target.Words.Select(Encoding.UTF8.GetBytes).ToArray(),
            target.MaxLength, target.MaxAllocated, new Action(target.Dispose),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => Close();
}
