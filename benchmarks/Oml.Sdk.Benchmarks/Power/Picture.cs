using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>A line chart with its legend beside it, as SVG that is readable at 800 pixels.</summary>
internal sealed class Picture
{
    private const int Width = 800;
    private const int Height = 480;
    private const float FontSize = 14;

    private const string Font = "DejaVu Sans";

    // Okabe and Ito's: told apart with any colour vision; the yellow, too light for lines on white, is left out.
    private static readonly Color[] Palette =
        [.. new[] { "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9" }.Select(hex => Color.FromHex(hex))];

    // Lines of one colour differ in their markers: the SVG writer of the drawing library has no dashes.
    private static readonly MarkerShape[] Markers = [MarkerShape.FilledCircle, MarkerShape.OpenSquare, MarkerShape.FilledTriangleUp, MarkerShape.OpenDiamond];

    private readonly Plot _plot = new();
    private readonly Func<double, double> _place;

    /// <param name="title">What is shown.</param>
    /// <param name="x">The label of the x axis, with its unit.</param>
    /// <param name="y">The label of the y axis, with its unit.</param>
    /// <param name="logarithmic">Whether the x axis is.</param>
    public Picture(string title, string x, string y, bool logarithmic)
    {
        _place = logarithmic ? Math.Log10 : value => value;
        _plot.Title(title, FontSize + 1);
        _plot.XLabel(x, FontSize);
        _plot.YLabel(y, FontSize);
        _plot.Axes.Bottom.Label.Bold = false;
        _plot.Axes.Left.Label.Bold = false;
        _plot.Axes.Bottom.TickLabelStyle.FontSize = FontSize - 1;
        _plot.Axes.Left.TickLabelStyle.FontSize = FontSize - 1;
        _plot.Grid.MajorLineColor = Color.FromHex("#E0E0E0");
    }

    /// <summary>How many colours there are.</summary>
    public static int Colours => Palette.Length;

    /// <summary>Adds a curve.</summary>
    /// <param name="series">The curve.</param>
    /// <param name="markers">Whether its points are marked.</param>
    public void Add(Series series, bool markers = true)
    {
        Scatter line = _plot.Add.Scatter([.. series.X.Select(_place)], series.Y);
        line.LegendText = series.Name;
        line.Color = Palette[series.Colour % Palette.Length];
        line.LineWidth = 2;
        line.MarkerShape = markers ? Markers[series.Style % Markers.Length] : MarkerShape.None;
        line.MarkerSize = 7;
    }

    /// <summary>Adds the levels that corrected p-values are compared with.</summary>
    public void AddAccusation()
    {
        AddLevel("accused: 10^-6", -6, "#707070");
        AddLevel("least p ever stated", PowerTrial.Least, "#B0B0B0");
    }

    /// <summary>Draws and writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ticks">Where the x axis has numbers.</param>
    /// <param name="limits">Left, right, bottom and top, left and right in the numbers of the x axis.</param>
    public void Save(string path, IReadOnlyList<double> ticks, (double Left, double Right, double Bottom, double Top) limits)
    {
        string[] labels = [.. ticks.Select(tick => tick.ToString("#,0.###", CultureInfo.InvariantCulture))];
        _plot.Axes.Bottom.TickGenerator = new NumericManual([.. ticks.Select(_place)], labels);
        double margin = 0.02 * (_place(limits.Right) - _place(limits.Left));
        _plot.Axes.SetLimits(_place(limits.Left) - margin, _place(limits.Right) + margin, limits.Bottom, limits.Top);
        _plot.Legend.FontSize = FontSize - 2;
        _plot.Legend.OutlineColor = Colors.Transparent;
        _plot.Legend.ShadowColor = Colors.Transparent;
        _plot.ShowLegend(Edge.Right);
        _plot.Font.Set(Font);
        _plot.Legend.FontName = Font;
        _plot.SaveSvg(path, Width, Height);

        // Letters are placed as this font has them; who has it not gets the one that is most like it.
        File.WriteAllText(path, File.ReadAllText(path).Replace($"\"{Font}\"", $"\"{Font}, Verdana, sans-serif\"", StringComparison.Ordinal));
    }

    private void AddLevel(string name, double y, string colour) =>
        _plot.Add.HorizontalLine(y, 1.5f, Color.FromHex(colour), LinePattern.Solid).LegendText = name;
}
