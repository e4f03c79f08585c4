using System.Net;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>A socket on another port, bound and ready to take the place of the present one. Disposing without <see cref="Commit"/> closes it.</summary>
/// <param name="local">The address that it is bound to.</param>
/// <param name="commit">Puts it in place.</param>
/// <param name="close">Closes what is left.</param>
internal sealed class SocketMove(IPEndPoint local, Action commit, Action close) : IDisposable
{
    /// <summary>The address that it is bound to.</summary>
    public IPEndPoint Local => local;

    /// <summary>Puts it in the place of the present one.</summary>
    public void Commit() => commit();

    public void Dispose() => close();
}
