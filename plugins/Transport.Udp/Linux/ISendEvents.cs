using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>What a sender tells of trouble. Called on the sending thread: the receiver limits what it logs.</summary>
internal interface ISendEvents
{
    /// <summary>The kernel cannot cut sends into segments; from now on datagrams go singly. At most once.</summary>
    void OnSegmentationRefused(int errno);

    /// <summary>Datagrams to that endpoint, the first of that length, were dropped.</summary>
    void OnRefused(SendFailure failure, in DatagramEndpoint endpoint, int length, int errno);
}
