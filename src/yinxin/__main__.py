from yinxin.web.cli import main

raise SystemExit(main())
