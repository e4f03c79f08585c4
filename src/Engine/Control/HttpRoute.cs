namespace Culvert.Engine.Control;

/// <summary>A resource of the <see cref="HttpServer"/>.</summary>
/// <param name="Path">The path, without a query.</param>
/// <param name="ContentType">The media type of the answer.</param>
/// <param name="Read">Returns the content; called for each request, on a thread of the pool, for several at once.</param>
internal sealed record HttpRoute(string Path, string ContentType, Func<string> Read)
{
    /// <summary>
    /// Whether only browsers and programs of this machine may read it: clients on loopback whose Host is an address or <c>localhost</c>, so that no web
    /// page can reach it through a name that resolves to loopback.
    /// </summary>
    public bool IsLocal { get; init; }

    /// <summary>Further header fields, each ended by CR LF.</summary>
    public string Fields { get; init; } = "";
}
