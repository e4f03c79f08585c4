namespace Culvert.Endpoints;

/// <summary>What a <see cref="PollWait"/> found.</summary>
/// <param name="Ready">Bit i is set when the file at place i can be read, or has an error that reading it tells.</param>
/// <param name="Woken">True when a wake was taken.</param>
public readonly record struct PollResult(uint Ready, bool Woken)
{
    /// <summary>True when there was nothing: only <see cref="PollWait.Look"/> can find that.</summary>
    public bool IsNothing => Ready == 0 && !Woken;

    /// <summary>True when the file at that place can be read.</summary>
    public bool IsReady(int place) => (Ready & (1u << place)) != 0;
}
