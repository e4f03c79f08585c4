namespace Culvert.Engine.Running.Shadows;

/// <summary>The side of a feed that reads: what the lane must know of it. Nothing here waits. Thread-safe.</summary>
internal interface IFeedReader
{
    /// <summary>Whether the candidate gets packets.</summary>
    bool IsOn { get; }

    /// <summary>Whether the candidate may run at this time.</summary>
    bool HasTime(long timestamp);

    /// <summary>Numbers a batch.</summary>
    long NextBatch();

    /// <summary>A feed has copies.</summary>
    void NotePublished();
}
