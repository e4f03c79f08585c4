using System.Net.Sockets;
using Culvert.Packets;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>Logs datagrams that the system refused, once a minute at most.</summary>
internal sealed class RefusalLog(ILogger logger, TimeProvider time)
{
    private readonly LogLimit _limit = new(time);

    public void Note(int length, in DatagramEndpoint endpoint, SocketError error)
    {
        if (_limit.Allows())
        {
            UdpStageLog.Refused(logger, length, endpoint, new SocketException((int)error).Message);
        }
    }

    /// <summary>Notes that segmentation is off from now on.</summary>
    public void NoteSegmentationRefused(SocketError error) =>
        UdpStageLog.SegmentationRefused(logger, new SocketException((int)error).Message);
}
