package ar.mcrn.sysmonstm.loadgen;

/** Head of the report's page: styles for light and dark, wide and narrow. Nothing is loaded from elsewhere. */
final class ReportStyle {

    /** Up to the body. Colours of lines have a contrast of at least 3 to 1 with the ground. */
    static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/>
            <title>sysmonstm load run</title>
            <style>
            :root{color-scheme:light dark;--ground:#fff;--card:#f6f8fa;--text:#1f2937;--quiet:#57606a;--rule:#d8dee4;--bad:#b91c1c;
            --good:#15803d;--rest:#9ca3af;--c0:#2563eb;--c1:#c2570c;--c2:#047857;--c3:#be123c;--c4:#7c3aed;--c5:#0e7490;--c6:#a16207;--c7:#475569}
            @media(prefers-color-scheme:dark){:root{--ground:#0d1117;--card:#161b22;--text:#e6edf3;--quiet:#9da7b3;--rule:#30363d;
            --bad:#ff7b72;--good:#56d364;--rest:#6b7280;--c0:#6ea8fe;--c1:#f59e0b;--c2:#34d399;--c3:#fb7185;--c4:#b794f6;--c5:#22d3ee;--c6:#facc15;
            --c7:#94a3b8}}
            .c0{--c:var(--c0)}.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}.c5{--c:var(--c5)}.c6{--c:var(--c6)}
            .c7{--c:var(--c7)}.rest{--c:var(--rest)}
            *{box-sizing:border-box}
            body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1.5rem 1rem 3rem;background:var(--ground);color:var(--text)}
            h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .6rem}.quiet{color:var(--quiet);margin:.2rem 0 1rem;font-size:14px}
            .cards{display:grid;grid-template-columns:repeat(4,1fr);gap:.6rem}
            .card,figure{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:.6rem .8rem;margin:0;min-width:0}
            .card b{display:block;font-size:1.35rem;font-weight:600;font-variant-numeric:tabular-nums}.card span{color:var(--quiet);font-size:13px}
            .card .name{display:block}.bad{color:var(--bad)}.good{color:var(--good)}
            .finding{border:1px solid var(--bad);color:var(--bad);border-radius:8px;padding:.6rem .8rem;margin:1rem 0 0;overflow-wrap:anywhere}
            .wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
            td,th{padding:.3rem .6rem;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap;font-weight:400}
            th:first-child{text-align:left;padding-left:0}thead th{color:var(--quiet);font-size:13px}tr.sum th,tr.sum td{font-weight:600}
            .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:.8rem}
            figcaption{font-weight:600;font-size:14px}.key{margin:.1rem 0 .5rem;font-size:13px}.key span{margin-right:.8em;white-space:nowrap}
            .key span::before,th.swatch::before{content:"";display:inline-block;width:.7em;height:.7em;border-radius:2px;background:var(--c,transparent);
            margin-right:.4em}
            .plot{position:relative;margin:.5rem .5rem 1.5rem 3.4rem;height:9rem}.plot svg{width:100%;height:100%;display:block;overflow:visible}
            .plot path{fill:none;stroke:var(--c);stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}
            .plot .dot{stroke-width:5}.plot .grid{stroke:var(--rule);stroke-width:1}
            .plot span{position:absolute;font-size:12px;line-height:1;color:var(--quiet);white-space:nowrap;font-variant-numeric:tabular-nums}
            .plot .y{right:calc(100% + .5rem);transform:translateY(50%)}.plot .x{top:calc(100% + .5rem);transform:translateX(-50%)}
            .bar{display:grid;grid-template-columns:3.2rem 1fr 5.5rem;align-items:center;gap:.6rem;margin:.35rem 0;font-size:14px;
            font-variant-numeric:tabular-nums}.bar div{display:flex;height:1.4rem;border-radius:4px;overflow:hidden;gap:1px}
            .bar i{background:var(--c);min-width:1px}.bar b{font-weight:600;text-align:right}
            @media(max-width:44rem){.cards{grid-template-columns:1fr 1fr}td,th{padding:.3rem .35rem}th{white-space:normal}}
            </style></head><body>
            """;

    private ReportStyle() {}
}
