namespace Culvert.Endpoints;

/// <summary>The result of a <see cref="PollWait"/>.</summary>
/// <param name="Ready">Bit i is set when the file at place i can be read, or has an error that reading reports.</param>
/// <param name="Woken">True when a wake was taken.</param>
public readonly record struct PollResult(uint Ready, bool Woken)
{
    /// <summary>Whether nothing was ready; only <see cref="PollWait.Look"/> returns that.</summary>
    public bool IsNothing => Ready == 0 && !Woken;

    /// <summary>Whether the file at that place can be read.</summary>
    public bool IsReady(int place) => (Ready & (1u << place)) != 0;
}
