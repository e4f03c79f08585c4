using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>The events of a sender in trouble. Called on the sending thread; the receiver limits the log rate.</summary>
internal interface ISendEvents
{
    /// <summary>The kernel cannot cut sends into segments; datagrams go singly until it can. Not repeated until it could.</summary>
    void OnSegmentationRefused(int errno);

    /// <summary>The kernel cuts sends into segments again.</summary>
    void OnSegmentationAccepted();

    /// <summary>Datagrams to that endpoint, the first of that length, were dropped.</summary>
    void OnRefused(SendFailure failure, in DatagramEndpoint endpoint, int length, int errno);

    /// <summary>
    /// Takes what is queued about datagrams that were sent before.
    /// </summary>
    /// <returns>
    /// True when all of it came from the network: then the error of the send that failed is about an earlier datagram, and the send may be
    /// repeated.
    /// </returns>
    bool TakeErrors();
}
